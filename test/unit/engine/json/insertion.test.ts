import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { insertAll, insertionOf } from '../../../../src/engine/json/insertion.ts';

const ADDED = [
  { path: ['a'], value: '1' },
  { path: ['b', 'c'], value: 'true' },
] as const;

/** The text with ADDED in the object that has `index` objects before it. */
function inserted(text: string, index: number): string {
  const object = readJson(text).objects[index];
  return object ? insertAll(text, [insertionOf(text, object, ADDED)]) : '';
}

t.test('members go on in the way of the object, or of the nearest one around it', async (t) => {
  const rows: [text: string, index: number, expected: string][] = [
    ['{}', 0, '{"a": 1, "b": {"c": true}}'],
    ['[{}]', 0, '[{"a": 1, "b": {"c": true}}]'],
    ['{"x":[{}]}', 1, '{"x":[{"a":1,"b":{"c":true}}]}'],
    ['{"x" :1}', 0, '{"x" :1,"a" :1,"b" :{"c" :true}}'],
    ['{"x": 1}', 0, '{"x": 1, "a": 1, "b": {"c": true}}'],
    ['{\n  "x": 1\n}', 0, '{\n  "x": 1,\n  "a": 1,\n  "b": {"c": true}\n}'],
    ['{"x":1,\r\n"y":2}', 0, '{"x":1,\r\n"y":2,\r\n"a":1,\r\n"b":{"c":true}}'],
  ];
  for (const [text, index, expected] of rows) t.equal(inserted(text, index), expected, text);
});

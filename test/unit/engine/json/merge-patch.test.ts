import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { mergePatch } from '../../../../src/engine/json/merge-patch.ts';
import { pathOf, valueOf } from '../../../../src/engine/json/node.ts';
import { nodeAt } from '../../../../src/engine/json/same.ts';

/** test/plugins compares it with the library that Terway uses. */

const merge = (base: string, patch: string) =>
  mergePatch(readJson(base).root!, readJson(patch).root!, patch.length);

const ROWS: readonly (readonly [name: string, base: string, patch: string, merged: unknown])[] = [
  ['objects merge', '{"a":{"x":1,"y":2}}', '{"a":{"y":3}}', { a: { x: 1, y: 3 } }],
  ['null deletes', '{"a":1,"b":2}', '{"a":null}', { b: 2 }],
  ['a null of the base stays', '{"a":null}', '{"b":1}', { a: null, b: 1 }],
  ['lists replace', '{"a":[1,2]}', '{"a":[3]}', { a: [3] }],
  ['letter case counts', '{"a":1}', '{"A":2}', { a: 1, A: 2 }],
  ['the last duplicate counts', '{"a":1}', '{"a":2,"a":3}', { a: 3 }],
  ['what is new loses its nulls', '{}', '{"a":{"b":null,"c":1}}', { a: { c: 1 } }],
  ['so does a list that is new', '{}', '{"a":[{"b":null},null]}', { a: [{}, null] }],
  ['but not one over an object', '{"a":{}}', '{"a":[{"b":null}]}', { a: [{ b: null }] }],
  ['a list takes the place of all', '{"a":1}', '[{"b":null}]', [{}]],
  ['over a base that is no object', '[1]', '{"a":1,"b":null}', { a: 1 }],
];

for (const [name, base, patch, merged] of ROWS) {
  t.test(name, (t) => {
    t.same(JSON.parse(JSON.stringify(valueOf(merge(base, patch)!))), merged);
    t.end();
  });
}

t.test('what is no patch, or no base', (t) => {
  for (const patch of ['null', '"x"', '1', 'true']) t.equal(merge('{}', patch), undefined, patch);
  t.equal(merge('null', '{}'), undefined);
  t.end();
});

t.test('each value keeps its place, those of the base behind the patch', (t) => {
  const [base, patch] = ['{"a": {"x": [10]}, "b": 20}', '{"a": {"y": 30}}'];
  const root = merge(base, patch)!;
  const text = patch + base;
  for (const [path, shown] of [
    [['a', 'x', 0], '10'],
    [['a', 'y'], '30'],
    [['b'], '20'],
    [['a'], '{"y": 30}'],
  ] as const) {
    const node = nodeAt(root, path)!;
    t.same(pathOf(node), path);
    t.equal(text.slice(node.offset, node.offset + node.length), shown);
  }
  t.end();
});

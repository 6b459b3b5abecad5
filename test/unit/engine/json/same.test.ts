import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { holdSame, isSameJson, nodeAt } from '../../../../src/engine/json/same.ts';

const root = (text: string) => readJson(text).root!;

t.test('JSON is the same whatever its layout', (t) => {
  const same: [string, string][] = [
    ['{"a": 1, "b": [1, 2]}', '{"b":[1,2],"a":1.0}'],
    ['{"a": 1e3}', '{"a": 1000}'],
    ['"\\u0061"', '"a"'],
    ['{"a": 1, "a": 2}', '{"a": 1, "a": 2}'],
    ['{}', ' { } '],
  ];
  for (const [a, b] of same) t.ok(isSameJson(root(a), root(b)), `${a} and ${b}`);
  const different: [string, string][] = [
    ['[1, 2]', '[2, 1]'],
    ['[1]', '[1, 1]'],
    ['{"a": 1}', '{"A": 1}'],
    ['{"a": 1}', '{"a": 1, "b": null}'],
    ['{"a": 1}', '{"a": 1, "a": 1}'],
    ['{"a": 1, "a": 2}', '{"a": 2, "a": 1}'],
    ['{"a": 1, "b": 1, "a": 1}', '{"a": 1, "b": 1, "b": 1}'],
    ['0', 'false'],
    ['null', '{}'],
    ['"1"', '1'],
  ];
  for (const [a, b] of different) {
    t.notOk(isSameJson(root(a), root(b)), `${a} and ${b}`);
    t.notOk(isSameJson(root(b), root(a)), `${b} and ${a}`);
  }
  t.end();
});

t.test('what stands at a path', (t) => {
  const document = root('{"a": [{"b": 1, "b": 2}]}');
  t.equal(nodeAt(document, ['a', 0, 'b'])?.value, 2);
  t.equal(nodeAt(document, ['a', 1, 'b']), undefined);
  t.equal(nodeAt(document, ['a', 'b']), undefined);
  t.equal(nodeAt(document, [0]), undefined, 'an index where there is no list');
  t.ok(holdSame(document, ['a', 0], root('[{"b": 1, "b": 2}]'), [0]));
  t.notOk(holdSame(document, ['a', 0, 'b'], root('{"b": 2}'), ['b']), 'a name that stands twice');
  t.notOk(holdSame(document, ['c'], document, ['c']), 'nothing on both sides');
  t.end();
});

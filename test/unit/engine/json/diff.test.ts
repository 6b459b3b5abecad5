import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { jsonDifferences } from '../../../../src/engine/json/diff.ts';
import { formatPath } from '../../../../src/engine/json/path.ts';
import { valueOf } from '../../../../src/engine/json/node.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import { assertProperty } from '../../../support/properties.ts';

const rootOf = (text: string) => readJson(text).root!;

/** Differences as `path: expected -> found`; `-` where a side lacks the place. */
function differences(expected: string, found: string, limit?: number): string[] {
  const side = (node: ReturnType<typeof rootOf> | undefined) =>
    node ? JSON.stringify(valueOf(node)) : '-';
  return jsonDifferences(rootOf(expected), rootOf(found), limit).map(
    (place) => `${formatPath(place.path)}: ${side(place.expected)} -> ${side(place.found)}`,
  );
}

t.test('texts that are equal as JSON', (t) => {
  const pairs: [name: string, a: string, b: string][] = [
    ['white space', '{"a":1}', '{\n  "a": 1\n}\n'],
    ['order of members', '{"a": 1, "b": {"c": 2, "d": 3}}', '{"b": {"d": 3, "c": 2}, "a": 1}'],
    ['spelling of a number', '[1, 10, 0.5, 0]', '[1.0, 1e1, 5E-1, -0]'],
    ['integers that are one float64', '9007199254740992', '9007199254740993'],
    ['escapes in a string', '"a/b"', '"\\u0061\\/b"'],
    ['escapes in a name', '{"a": 1}', '{"\\u0061": 1}'],
    ['duplicates of which the last is equal', '{"a": 2}', '{"a": 1, "a": 2}'],
  ];
  for (const [name, a, b] of pairs) {
    t.same(differences(a, b), [], name);
    t.same(differences(b, a), [], `${name}, the other way round`);
  }
  t.end();
});

t.test('the deepest differing places are named', (t) => {
  const pairs: [name: string, expected: string, found: string, differences: string[]][] = [
    ['another value', '{"a": 1}', '{"a": 2}', ['a: 1 -> 2']],
    ['a member missing', '{"a": 1, "b": 2}', '{"a": 1}', ['b: 2 -> -']],
    ['a member too many', '{"a": 1}', '{"a": 1, "b": 2}', ['b: - -> 2']],
    ['letter case of a name', '{"a": 1}', '{"A": 1}', ['a: 1 -> -', 'A: - -> 1']],
    ['letter case of a text', '["a"]', '["A"]', ['[0]: "a" -> "A"']],
    ['text instead of a number', '{"a": 1}', '{"a": "1"}', ['a: 1 -> "1"']],
    ['text instead of a boolean', '{"a": true}', '{"a": "true"}', ['a: true -> "true"']],
    ['null is not missing', '{"a": null}', '{}', ['a: null -> -']],
    ['null is not false', '{"a": false}', '{"a": null}', ['a: false -> null']],
    ['null is not an object', '{"a": {}}', '{"a": null}', ['a: {} -> null']],
    ['a list is not an object', '{"a": []}', '{"a": {}}', ['a: [] -> {}']],
    ['order of a list', '[1, 2]', '[2, 1]', ['[0]: 1 -> 2', '[1]: 2 -> 1']],
    ['a longer list', '[1]', '[1, 2]', ['[1]: - -> 2']],
    ['a shorter list', '[1, 2]', '[1]', ['[1]: 2 -> -']],
    ['far down', '{"a": [{"b": {"c": 1}}]}', '{"a": [{"b": {"c": 2}}]}', ['a[0].b.c: 1 -> 2']],
    ['the root', '{}', '[]', [': {} -> []']],
    ['the last of duplicates', '{"a": 1}', '{"a": 1, "a": 2}', ['a: 1 -> 2']],
    ['__proto__', '{"__proto__": 1}', '{}', ['__proto__: 1 -> -']],
  ];
  for (const [name, expected, found, places] of pairs) {
    t.same(differences(expected, found), places, name);
  }
  t.end();
});

t.test('no more differences than asked for are named', (t) => {
  const numbers = JSON.stringify(Array.from({ length: 200 }, (_, index) => index));
  t.equal(differences('[]', numbers).length, 50);
  t.equal(differences('[]', numbers, 3).length, 3);
  t.equal(differences(`{"a": ${numbers}}`, '{"a": [], "b": 1}', 201).length, 201);
  t.end();
});

t.test('property: a value differs from no copy of itself', (t) => {
  assertProperty(
    t,
    fc.property(fc.json(), (text) => {
      const reformatted = JSON.stringify(JSON.parse(text), null, 3);
      return differences(text, reformatted).length === 0;
    }),
    500,
  );
  t.end();
});

t.test('property: no differences means equal values', (t) => {
  const small = fc.json({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b') });
  assertProperty(
    t,
    fc.property(small, small, (a, b) => {
      const equal = isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
      return (differences(a, b).length === 0) === equal;
    }),
    2000,
  );
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import {
  addMember,
  applyEdits,
  removeItem,
  removeMember,
  renameMember,
  replaceValue,
} from '../../../../src/engine/json/edit.ts';
import type { JsonArray, JsonNode, JsonObject } from '../../../../src/engine/json/node.ts';
import { assertProperty } from '../../../support/properties.ts';

const objectOf = (text: string) => asObject(readJson(text).root);

function asObject(node: JsonNode | undefined): JsonObject {
  if (node?.type !== 'object') throw new TypeError('an object is wanted');
  return node;
}

t.test('an edit keeps the layout around it', async (t) => {
  const text = '{\n  "a": 1,\n  "b": [1, 2, 3],\n  "c": {"d": null}\n}\n';
  const root = objectOf(text);
  const [a, b, c] = root.members;
  const edited = (...edits: Parameters<typeof applyEdits>[1]) => applyEdits(text, edits);
  t.equal(edited(removeMember(root, a!)), text.replace('"a": 1,\n  ', ''));
  t.equal(edited(removeMember(root, b!)), text.replace(',\n  "b": [1, 2, 3]', ''));
  t.equal(edited(removeMember(root, c!)), text.replace(',\n  "c": {"d": null}', ''));
  t.equal(
    edited(removeMember(asObject(c!.value), asObject(c!.value).members[0]!)),
    text.replace('"d": null', ''),
  );
  const list = b!.value as JsonArray;
  t.equal(edited(removeItem(list, list.items[0]!)), text.replace('1, 2, 3', '2, 3'));
  t.equal(edited(removeItem(list, list.items[2]!)), text.replace('1, 2, 3', '1, 2'));
  t.equal(edited(renameMember(a!, 'x"y')), text.replace('"a"', '"x\\"y"'));
  t.equal(edited(replaceValue(a!.value, 'true')), text.replace('1,', 'true,'));
  t.equal(
    edited(addMember(text, root, { path: ['e'], value: '2' }), removeMember(root, a!)),
    text.replace('"a": 1,\n  ', '').replace('null}', 'null},\n  "e": 2'),
  );
});

t.test('edits that overlap are refused', async (t) => {
  const root = objectOf('{"a": 1}');
  const edits = [removeMember(root, root.members[0]!), replaceValue(root, '{}')];
  t.throws(() => applyEdits('{"a": 1}', edits), RangeError);
});

t.test('a member of another object is not removed', async (t) => {
  const root = objectOf('{"a": {"b": 1}}');
  t.throws(() => removeMember(root, asObject(root.members[0]!.value).members[0]!), RangeError);
});

t.test('removing a member is what removing it from the value is', async (t) => {
  const layouts = fc.constantFrom(undefined, 0, 1, 2, '\t');
  const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 });
  assertProperty(
    t,
    fc.property(objects, layouts, fc.nat(), (object, layout, pick) => {
      const text = JSON.stringify(object, null, layout);
      const root = objectOf(text);
      const member = root.members[pick % root.members.length]!;
      const expected = Object.fromEntries(
        Object.entries(object).filter(([name]) => name !== member.name),
      );
      const edited = applyEdits(text, [removeMember(root, member)]);
      return JSON.stringify(JSON.parse(edited)) === JSON.stringify(expected);
    }),
    300,
  );
});

t.test('of an object of many members the right one is removed', async (t) => {
  const names = Array.from({ length: 100 }, (_, index) => `m${index}`);
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])));
  const root = objectOf(text);
  for (const index of [0, 50, 99]) {
    const removed = applyEdits(text, [removeMember(root, root.members[index]!)]);
    t.same(
      Object.keys(JSON.parse(removed) as object),
      names.filter((name) => name !== `m${index}`),
    );
  }
  t.throws(() => removeMember(root, objectOf(text).members[0]!), RangeError, 'of another object');
});

t.test('an element of another list is not removed', async (t) => {
  const [one, two] = objectOf('{"a": [1], "b": [1]}').members.map(({ value }) => value);
  t.throws(() => removeItem(one as JsonArray, (two as JsonArray).items[0]!), RangeError);
  const { value } = objectOf('{"c": 1}').members[0]!;
  t.throws(() => removeItem(one as JsonArray, value), RangeError, 'nor a member of an object');
});

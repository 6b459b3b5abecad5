import t from 'tap';

import { PLUGINS } from '../../../../src/engine/catalogue/plugins.ts';
import type { ReviewContext } from '../../../../src/engine/core/rule.ts';
import type { DataEdit } from '../../../../src/engine/core/fix.ts';
import { applyEdits } from '../../../../src/engine/json/edit.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import type { JsonObject } from '../../../../src/engine/json/node.ts';
import { decodeObject } from '../../../../src/engine/reading/decoded-object.ts';
import {
  entryRemoval,
  fieldRemoval,
  memberRemoval,
  memberRenaming,
  memberSetting,
} from '../../../../src/engine/rules/entry-edits.ts';

const KEY = '10-terway.conflist';
const FIELDS = PLUGINS.get('tuning')!.fields;

function objectIn(text: string): JsonObject {
  const { root } = readJson(text);
  if (root?.type !== 'object') throw new Error(`no object: ${text}`);
  return root;
}

/** The text with the edits made; undefined where there are none. */
function edited(text: string, edits: readonly DataEdit[] | undefined): string | undefined {
  const [edit] = edits ?? [];
  return edit?.kind === 'text' ? applyEdits(text, edit.edits) : undefined;
}

t.test('an entry goes out of the list that it stands in', async (t) => {
  const text = '[1, 2]';
  const { root } = readJson(text);
  const [first] = root?.type === 'array' ? root.items : [];
  t.equal(edited(text, first && entryRemoval(KEY, first)), '[2]');
  t.equal(entryRemoval(KEY, objectIn('{}')), undefined, 'it stands in none');
  const { value } = objectIn('{"a": {}}').members[0]!;
  t.equal(entryRemoval(KEY, value), undefined, 'it is a member');
});

t.test('a member goes out of its object, or gets another name', async (t) => {
  const text = '{"a": 1, "b": 2}';
  const [a] = objectIn(text).members;
  t.equal(edited(text, memberRemoval(KEY, a)), '{"b": 2}');
  t.equal(memberRemoval(KEY, undefined), undefined);
  t.equal(edited(text, memberRenaming(KEY, a!, 'c')), '{"c": 1, "b": 2}');
  t.equal(memberRenaming(KEY, a!, 'b'), undefined, 'the name is taken');
});

t.test('a field goes where no other spelling of it would count then', async (t) => {
  const decoded = (text: string) =>
    decodeObject(objectIn(text), {
      key: KEY,
      reader: 'own',
      releasedWith: undefined,
      fields: FIELDS,
      isKnownPlugin: true,
      prefix: [],
      winner: 'bytes',
    });
  const text = '{"mtu": 1, "b": 2}';
  t.equal(edited(text, fieldRemoval(decoded(text), 'mtu')), '{"b": 2}');
  t.equal(fieldRemoval(decoded(text), 'absent'), undefined);
  t.equal(fieldRemoval(decoded('{"mtu": 1, "MTU": 2}'), 'mtu'), undefined);
});

t.test('a member is set in place of the one of its name, or added', async (t) => {
  const set = (text: string, key = KEY) => {
    const context = { text: () => text } as unknown as ReviewContext;
    return edited(text, memberSetting(context, key, objectIn(text), 'a', 'true'));
  };
  t.equal(set('{"a": 1}'), '{"a": true}');
  t.equal(set('{"a": 1, "a": 2}'), '{"a": 1, "a": true}');
  t.equal(set('{}'), '{"a": true}');
  t.equal(set('{"b": 1}'), '{"b": 1, "a": true}');
});

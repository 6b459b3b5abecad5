import { CONF_KEY, type Change } from '../core/eni-config.ts';
import { type JsonDocument } from '../json/document.ts';
import { createDocumentReader, type DocumentReader } from '../json/document-reader.ts';
import { isSameJson } from '../json/same.ts';
import { repeatedMembers } from '../reading/decoded-object.ts';
import type { Policy } from '../core/policy.ts';

/**
 * The stored text of 10-terway.conf, where a write brings the same JSON in another layout, as the
 * vendor's own examples do: put back, the write stores no edit that would have to be refused.
 * Undefined where the texts are equal or mean something else, and where such an edit is not refused
 * anyway. A name that stands twice means something else, as readers differ in which of the two counts.
 */
export function storedConf(
  { operation, old, new: object }: Change,
  { rules, mode }: Pick<Policy, 'rules' | 'mode'>,
  read: DocumentReader = createDocumentReader(),
): string | undefined {
  if (operation !== 'UPDATE' || !old || !object || old.immutable || object.immutable) {
    return undefined;
  }
  if (mode !== 'enforce' || (rules.get('conf-changed') ?? 'deny') !== 'deny') return undefined;
  const before = old.data.get(CONF_KEY);
  const after = object.data.get(CONF_KEY);
  if (before === undefined || after === undefined || before === after) return undefined;
  const [stored, written] = [unambiguous(read(before)), unambiguous(read(after))];
  return stored && written && isSameJson(stored, written) ? before : undefined;
}

/** The value of a text that every reader takes for the same. */
function unambiguous({ root, objects, problems }: JsonDocument): JsonDocument['root'] {
  const isClear =
    problems.length === 0 && objects.every((one) => repeatedMembers(one).length === 0);
  return isClear ? root : undefined;
}

/** The change with the stored text in place of the one that was written. */
export function withConf(change: Change, text: string): Change {
  if (!change.new) return change;
  return { ...change, new: { ...change.new, data: new Map(change.new.data).set(CONF_KEY, text) } };
}

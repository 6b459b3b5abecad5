import {
  DOCUMENTED_ADDITIONS,
  type DocumentedAddition,
} from '../catalogue/documented-additions.ts';
import type { JsonDifference } from '../json/diff.ts';
import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import { nodeAt } from '../json/same.ts';

/** Asks for nothing: what the document says to set is not set. */
function isNeutral(node: JsonNode | undefined): boolean {
  if (node?.type === 'array') return node.items.length === 0;
  return node === undefined || node.value === '' || node.value === false;
}

/** The document that tells to set what the entry has beyond 10-terway.conf, where one does. */
export function documentedAddition(
  { path, found }: JsonDifference,
  conf: JsonNode,
): DocumentedAddition | undefined {
  const [name, inside] = path;
  if (!found || typeof name !== 'string') return undefined;
  const addition = DOCUMENTED_ADDITIONS.find((one) =>
    one.isPrefix ? name.startsWith(one.name) : one.name === name,
  );
  if (addition?.member === undefined) {
    return addition && isNeutral(exactMember(conf, name)?.value) ? addition : undefined;
  }
  const isMeant =
    inside === undefined
      ? found.type === 'object' && found.members.every(({ name: one }) => one === addition.member)
      : inside === addition.member;
  return isMeant && isNeutral(nodeAt(conf, [name, addition.member])) ? addition : undefined;
}

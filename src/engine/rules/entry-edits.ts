import { CONFLIST_KEY } from '../core/eni-config.ts';
import { type DataEdit, inText } from '../core/fix.ts';
import { removeItem } from '../json/edit.ts';
import type { JsonNode } from '../json/node.ts';

/** Takes an entry out of the list "plugins"; undefined when it stands in no list. */
export function entryRemoval(entry: JsonNode): readonly DataEdit[] | undefined {
  const list = entry.parent;
  return list?.type === 'array' ? inText(CONFLIST_KEY, removeItem(list, entry)) : undefined;
}

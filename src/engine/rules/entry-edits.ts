import type { DecodedObject } from '../reading/decoded-object.ts';
import { type DataEdit, inText } from '../core/fix.ts';
import { removeItem } from '../json/edit.ts';
import type { JsonNode } from '../json/node.ts';

/** Takes an entry out of its chain; undefined when it stands in no list. */
export function entryRemoval(
  key: DecodedObject['key'],
  entry: JsonNode,
): readonly DataEdit[] | undefined {
  const list = entry.parent;
  return list?.type === 'array' ? inText(key, removeItem(list, entry)) : undefined;
}

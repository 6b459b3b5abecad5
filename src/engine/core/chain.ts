import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import type { JsonDocument } from '../json/document.ts';
import type { JsonPath } from '../json/path.ts';
import { type ChainKey, CONFLIST_KEY } from './eni-config.ts';

/**
 * Entries that Terway takes in cni_chain at most; a longer list is refused as a whole, and no more of
 * it is looked at. Source: parseCNIChain in Terway's cmd/terway-cli/cni.go, read and not run.
 */
export const MAX_CNI_CHAIN_ENTRIES = 16;

/** One entry of a plugin chain. */
export interface ChainEntry {
  /** The text that it stands in. */
  readonly key: ChainKey;
  readonly index: number;
  readonly node: JsonNode;
  /** The plugin's type; undefined when absent or no string. Terway looks it up case-sensitively. */
  readonly type: string | undefined;
  readonly path: JsonPath;
}

/** The plugins of a text as Terway walks them: of a conflist all, of cni_chain those behind terway. */
export type Chain = readonly ChainEntry[];

/**
 * The chain in a text; undefined when it is unreadable, or no list where one must be. Source:
 * Terway's cmd/terway-cli/cni.go takes `plugins` of a conflist by exact name; cni_chain is a list.
 */
export function readChain({ root }: JsonDocument, key: ChainKey): Chain | undefined {
  const isConflist = key === CONFLIST_KEY;
  const list = isConflist ? root && exactMember(root, 'plugins')?.value : root;
  if (list?.type !== 'array') return undefined;
  const items = isConflist ? list.items : list.items.slice(0, MAX_CNI_CHAIN_ENTRIES);
  return items.map((node, index) => {
    const type = exactMember(node, 'type')?.value;
    return {
      key,
      index,
      node,
      type: type?.type === 'string' ? type.value : undefined,
      path: isConflist ? ['plugins', index] : [index],
    };
  });
}

/** Whether Terway takes a text for its own entry: one of type terway. */
export const isTerwayEntry = (node: JsonNode): boolean =>
  exactMember(node, 'type')?.value.value === 'terway';

/** `plugins[1]`, `cni_chain[1]`: an entry in words. */
export const entryName = (key: ChainKey, index: number) =>
  `${key === CONFLIST_KEY ? 'plugins' : key}[${index}]`;

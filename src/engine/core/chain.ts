import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import type { JsonDocument } from '../json/document.ts';
import type { JsonPath } from '../json/path.ts';

/** One entry of a plugin chain. */
export interface ChainEntry {
  readonly index: number;
  readonly node: JsonNode;
  /** The plugin's type; undefined when absent or no string. Terway looks it up case-sensitively. */
  readonly type: string | undefined;
  readonly path: JsonPath;
}

/** The plugin chain of a conflist, as Terway walks it. */
export type Chain = readonly ChainEntry[];

/**
 * The chain in a conflist; undefined when the document is unreadable or its `plugins` is no
 * array. Source: Terway's cmd/terway-cli/cni.go takes `plugins` by exact name.
 */
export function readChain(document: JsonDocument): Chain | undefined {
  const plugins = document.root && exactMember(document.root, 'plugins')?.value;
  if (plugins?.type !== 'array') return undefined;
  return plugins.items.map(readEntry);
}

function readEntry(node: JsonNode, index: number): ChainEntry {
  const type = exactMember(node, 'type')?.value;
  return {
    index,
    node,
    type: type?.type === 'string' ? type.value : undefined,
    path: ['plugins', index],
  };
}

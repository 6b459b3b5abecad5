import {
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
} from 'yaml';

/** Looks at parsed YAML as kubectl does: aliases stand for what they name, `<<` merges maps. */

/** A member of a map. */
export interface Entry {
  readonly key: Scalar;
  readonly value: Node | null;
  readonly pair: Pair;
  /** Other places use the same value, through an alias or a merge. */
  readonly isShared: boolean;
}

/** The members of a map, by name; empty for what is no map. */
export function entriesOf(document: Document, node: unknown): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const map = resolved(document, node);
  if (isMap(map)) collect(document, map, isAlias(node), entries, 0);
  return entries;
}

/** What kubectl's reader merges is seldom deep; a merge that names itself ends here. */
const MAX_MERGES = 16;

function collect(
  document: Document,
  map: YAMLMap,
  isShared: boolean,
  entries: Map<string, Entry>,
  depth: number,
): void {
  const merged: unknown[] = [];
  for (const pair of map.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const name = String(pair.key.value);
    if (name === '<<' && pair.key.type === 'PLAIN') {
      merged.push(pair.value);
    } else if (!entries.has(name)) {
      entries.set(name, {
        key: pair.key,
        value: resolved(document, pair.value) ?? null,
        pair,
        isShared: isShared || isAlias(pair.value),
      });
    }
  }
  if (depth === MAX_MERGES) return;
  for (const value of merged) {
    const source = resolved(document, value);
    for (const part of isSeq(source) ? source.items : [source]) {
      const parent = resolved(document, part);
      if (isMap(parent)) collect(document, parent, true, entries, depth + 1);
    }
  }
}

/** The items of a list; empty for what is no list. */
export function itemsOf(document: Document, node: unknown): readonly (Node | undefined)[] {
  const list = resolved(document, node);
  return isSeq(list) ? list.items.map((item) => resolved(document, item)) : [];
}

function resolved(document: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}

/** The text of a scalar; undefined for what is no text. */
export function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

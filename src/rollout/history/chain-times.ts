import type { History, Revision } from './revision.ts';

/** What is known of the chain at one moment. */
export type ChainAt =
  /** The chain of this revision was current. */
  | { readonly kind: 'known'; readonly revision: Revision }
  /** This one may have been: around then guards did not see every version. */
  | { readonly kind: 'unsure'; readonly revision: Revision }
  /** History begins later. */
  | { readonly kind: 'unknown' };

/**
 * Which chain was current at `ms`, milliseconds since 1970. Moments are those at which guards saw a
 * version, about a second after the write: who compares with another clock leaves room for that.
 */
export function chainAt({ revisions }: History, ms: number): ChainAt {
  const index = revisions.findLastIndex(({ at }) => Date.parse(at) <= ms);
  const revision = revisions[index];
  if (!revision) return { kind: 'unknown' };
  const next = revisions[index + 1];
  const isSure = !next?.gap || (next.gapSince !== undefined && ms <= Date.parse(next.gapSince));
  return { kind: isSure ? 'known' : 'unsure', revision };
}

/**
 * Since when the chain with this hash ({@link chainHash}) has been current, in milliseconds since
 * 1970, by the revision that brought it; undefined when the newest revision has another chain. A
 * revision that is the first one, or `gap`, may have been current before it was seen.
 */
export function chainSince(
  { revisions }: History,
  chain: string,
): { readonly ms: number; readonly revision: Revision } | undefined {
  const first = revisions.findLastIndex((revision) => revision.chain !== chain) + 1;
  const revision = revisions[first];
  return revision && { ms: Date.parse(revision.at), revision };
}

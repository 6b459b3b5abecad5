import type { History, Revision } from '../history/revision.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY } from '../../engine/core/eni-config.ts';

/** The texts that eni-config held before those that are being rolled out. */
export interface FormerText {
  /** Its number in the history. */
  readonly revision: number;
  /** When it was seen first, as RFC 3339. */
  readonly at: string;
  /** Its chain as it stands, which is no secret; undefined: 10-terway.conf is the chain. */
  readonly chain: string | undefined;
}

/** What there is to go back to. */
export interface WayBack {
  /** The last revision with another chain than today's. */
  readonly former: Revision;
  /**
   * Whether today's chain stood before that one, too: it was gone back to, and to go back again would
   * bring what was taken back.
   */
  readonly isBack: boolean;
}

/** The way back from this chain (its hash); undefined where the history knows no other one. */
export function wayBack({ revisions }: History, chain: string): WayBack | undefined {
  const index = revisions.findLastIndex(
    (revision) => revision.chain !== chain && revision.data !== undefined,
  );
  const former = revisions[index];
  if (!former) return undefined;
  const isBack = revisions.slice(0, index).some((revision) => revision.chain === chain);
  return { former, isBack };
}

/** A revision as it is named to go back to. */
export const formerTextOf = ({ number, at, data = {} }: Revision): FormerText => ({
  revision: number,
  at,
  chain: data[CNI_CHAIN_KEY] ?? data[CONFLIST_KEY],
});

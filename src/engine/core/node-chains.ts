/**
 * What a node runs of eni-config, compared with what is stored; what needs attention stands first.
 * `former`: what was stored before. `unknown`: it is not known. `unsure`: one of several, as the chain
 * changed about when Terway read it. `current`: what is stored, or what means the same. `ignored`: the
 * node has another source of its network.
 */
export const CHAIN_STATES = ['former', 'unknown', 'unsure', 'current', 'ignored'] as const;
export type ChainState = (typeof CHAIN_STATES)[number];

/** What the nodes of a cluster run. */
export interface NodeChains {
  /** How many nodes are in each state. */
  readonly counts: Readonly<Record<ChainState, number>>;
  /**
   * Since when nodes that run a former chain lack the current one, in milliseconds since 1970; absent
   * where no node does, or it is not known.
   */
  readonly restartDueSince?: number;
}

/** Whether every node that reads the chain is known to run the current one. */
export const isAllCurrent = ({ counts: { former, unknown, unsure } }: NodeChains) =>
  former + unknown + unsure === 0;

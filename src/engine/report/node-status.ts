import { CHAIN_STATES, type NodeChains, isAllCurrent } from '../core/node-chains.ts';
import { count, listed } from '../text/text.ts';
import { inSeconds } from '../text/timestamp.ts';

/** What the nodes run, as `status` tells it. */

export function nodeFields({ counts, restartDueSince }: NodeChains): object {
  return {
    ...counts,
    ...(restartDueSince !== undefined && {
      restartDueSince: new Date(restartDueSince).toISOString(),
    }),
  };
}

/** One line or two; none where there are no nodes. */
export function nodeLines(chains: NodeChains): string[] {
  const { counts, restartDueSince } = chains;
  const found = CHAIN_STATES.filter((state) => counts[state] > 0);
  if (found.length === 0) return [];
  const total = found.reduce((sum, state) => sum + counts[state], 0);
  const groups = found.map((state) => `${counts[state]} ${state}`);
  const more = isAllCurrent(chains) ? '' : '; which ones: eni-config-guard nodes';
  return [
    `Chain of ${count(total, 'node')}: ${listed(groups, 'and')}${more}`,
    ...(restartDueSince === undefined
      ? []
      : [`  a restart of Terway is due there since ${inSeconds(restartDueSince)}`]),
  ];
}

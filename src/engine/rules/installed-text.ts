import {
  sourceClause,
  namesOf,
  originOf,
  shareOf,
  terwayDaemonSetOf,
  versionText,
} from '../core/fact-text.ts';
import type { Facts, VersionFact, VersionSpread } from '../core/facts.ts';
import { count } from '../text/text.ts';
import type { MatchingNodes } from '../reading/installed.ts';

/** How messages tell which nodes run which releases. */

/**
 * Who runs it, and how that is known: `this cluster runs 1.6.2 (from the guard's configuration)`,
 * `3 of 120 nodes run 1.5.1 to 1.6.2 (a, b, c), as probed 4 min ago`.
 */
export function describeNodes(
  fact: VersionFact,
  installation: MatchingNodes,
  facts: Facts,
): string {
  const { nodes } = installation;
  const { spread, isEstimate } = fact;
  const releases = releasesText(installation);
  if (!spread || !nodes) {
    return `this cluster ${isEstimate ? 'probably has' : 'runs'} ${releases}${sourceClause(fact, facts)}`;
  }
  const run = `${isEstimate ? 'probably ' : ''}${nodes.count === 1 ? 'runs' : 'run'}`;
  const among = `${shareOf(nodes, spread.total)}${spread.isOpen ? ' with a probe' : ''}`;
  const who = `${among} ${run} ${releases}`;
  if (nodes.count >= spread.total) return `${who}${sourceClause(fact, facts)}`;
  const reason = isRollingOut(fact, facts)
    ? `as the rollout of ${terwayDaemonSetOf(facts)} is not complete${sourceClause(fact, facts)}`
    : originOf(fact, facts);
  return `${who}${namesOf(nodes)}, ${reason}`;
}

/** Where the release is not known, to follow what is wrong elsewhere; nothing when it is known. */
export function unknownNodesClause({ spread }: VersionFact): string {
  if (spread?.isOpen) return '; there may be more nodes, which have not been listed';
  const more = spread?.unknown.count ?? 0;
  return more === 0 ? '' : `; the version on ${more} more is not known`;
}

/** The same where nothing is wrong elsewhere; undefined when the release is known on every node. */
export function unknownNodes({ total, isOpen, unknown }: VersionSpread): string | undefined {
  const known = count(total - unknown.count, 'node');
  if (isOpen) return `the version is known on ${known}, and others have not been listed`;
  if (unknown.count === 0) return undefined;
  return `the version on ${shareOf(unknown, total)} is not known${namesOf(unknown)}`;
}

/** `1.6.2`, `1.5.1 to 1.6.2`. */
function releasesText({ oldest, newest }: MatchingNodes): string {
  const [from, to] = [versionText(oldest), versionText(newest)];
  return from === to ? from : `${from} to ${to}`;
}

/** Whether it is Terway in several releases: one DaemonSet has them only while it is rolled out. */
export function isRollingOut(fact: VersionFact, facts: Facts): boolean {
  return fact === facts.terway && (fact.spread?.versions.length ?? 0) > 1;
}

/** ` on 3 of 120 nodes (a, b, c)`, to end what happens there; nothing when it happens everywhere. */
export function onNodes({ spread }: VersionFact, { nodes }: MatchingNodes): string {
  if (!spread || !nodes || nodes.count >= spread.total) return '';
  return ` on ${shareOf(nodes, spread.total)}${namesOf(nodes)}`;
}

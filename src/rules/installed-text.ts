import {
  citing,
  namesOf,
  originOf,
  shareOf,
  terwayDaemonSetOf,
  versionText,
} from '../core/fact-text.ts';
import type { Facts, VersionFact } from '../core/facts.ts';
import type { Installation } from './installed.ts';

/** How messages tell which nodes run which releases. */

/**
 * Who runs it, and how that is known: `this cluster runs 1.6.2 (from the guard's configuration)`,
 * `3 of 120 nodes run 1.5.1 to 1.6.2 (a, b, c), as probed 4 min ago`.
 */
export function whoRuns(fact: VersionFact, installation: Installation, facts: Facts): string {
  const { nodes } = installation;
  const { spread, isEstimate } = fact;
  const cited = isEstimate ? { ...fact, origin: `estimated ${fact.origin}` } : fact;
  const releases = releasesText(installation);
  if (!spread || !nodes) {
    return `this cluster ${isEstimate ? 'probably has' : 'runs'} ${releases}${citing(cited, facts)}`;
  }
  const run = `${isEstimate ? 'probably ' : ''}${nodes.count === 1 ? 'runs' : 'run'}`;
  const who = `${shareOf(nodes, spread.total)} ${run} ${releases}`;
  if (nodes.count >= spread.total) return `${who}${citing(cited, facts)}`;
  const reason = isRollingOut(fact, facts)
    ? `as the rollout of ${terwayDaemonSetOf(facts)} is not complete${citing(cited, facts)}`
    : originOf(cited, facts);
  return `${who}${namesOf(nodes)}, ${reason}`;
}

/** `1.6.2`, `1.5.1 to 1.6.2`. */
function releasesText({ oldest, newest }: Installation): string {
  const [from, to] = [versionText(oldest), versionText(newest)];
  return from === to ? from : `${from} to ${to}`;
}

/** Whether it is Terway in several releases: one DaemonSet has them only while it is rolled out. */
export function isRollingOut(fact: VersionFact, facts: Facts): boolean {
  return fact === facts.terway && (fact.spread?.versions.length ?? 0) > 1;
}

/** ` on 3 of 120 nodes (a, b, c)`, to end what happens there; nothing when it happens everywhere. */
export function onNodes({ spread }: VersionFact, { nodes }: Installation): string {
  if (!spread || !nodes || nodes.count >= spread.total) return '';
  return ` on ${shareOf(nodes, spread.total)}${namesOf(nodes)}`;
}

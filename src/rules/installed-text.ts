import { namesOf, originOf, shareOf, terwayDaemonSetOf, versionText } from '../core/fact-text.ts';
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
  const origin = `${isEstimate ? 'estimated ' : ''}${originOf(fact, facts)}`;
  const releases = releasesText(installation);
  if (!spread || !nodes) {
    return `this cluster ${isEstimate ? 'probably has' : 'runs'} ${releases} (${origin})`;
  }
  const run = `${isEstimate ? 'probably ' : ''}${nodes.count === 1 ? 'runs' : 'run'}`;
  const who = `${shareOf(nodes, spread.total)} ${run} ${releases}`;
  if (nodes.count >= spread.total) return `${who}, ${origin}`;
  return isRollingOut(fact, facts)
    ? `${who}${namesOf(nodes)}, as the rollout of ${terwayDaemonSetOf(facts)} is not complete (${origin})`
    : `${who}${namesOf(nodes)}, ${origin}`;
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

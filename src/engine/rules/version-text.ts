import { CNI_PLUGINS, TERWAY } from '../catalogue/distributions.ts';
import {
  namesOf,
  originOf,
  shareOf,
  sourceClause,
  terwayDaemonSetOf,
  versionText,
} from '../core/fact-text.ts';
import type { Facts, VersionFact, VersionSpread } from '../core/facts.ts';
import { type Fix, type Way, prose, withWays } from '../core/fix.ts';
import { pathOf } from '../json/node.ts';
import type { MatchingNodes, Released } from '../reading/installed.ts';
import { pathText } from '../reading/shown-path.ts';
import type { VersionGap, VersionNeed } from '../reading/version-gap.ts';
import { count } from '../text/text.ts';

/** How messages tell of releases: which nodes run which, what is wrong with them, what to do. */

/** A gap in words, and what to do about it. */
export function describeGap(
  gap: VersionGap,
  facts: Facts,
): { readonly message: string; readonly fix: Fix } {
  const { need, installed } = gap;
  if (gap.kind !== 'unknown') {
    const nodes = `${describeNodes(gap.installed, gap.where, facts)}${unknownNodesClause(gap.installed)}`;
    const ways = gap.kind === 'too-old' ? [releaseWay(need, gap.release)] : [];
    return {
      message: `${failure(gap)}; ${nodes}`,
      fix: withWays(prose(remedy(gap, facts)), ...ways),
    };
  }
  const where = installed?.spread
    ? unknownNodes(installed.spread)
    : 'the installed version is not known';
  return {
    message: `${need.shown} needs ${nameOf(need)} ${demand(need)}; ${where}`,
    fix: withWays(prose(howToLearn(need, installed)), ...learningWays(need)),
  };
}

const releaseWay = ({ reader, releasedWith }: Released, release: string): Way => ({
  kind: 'release',
  program: releasedWith === TERWAY ? 'terway' : reader,
  release,
});

/** The guard is told of a release that does, where it is one. */
const learningWays = (need: VersionNeed): readonly Way[] =>
  need.floor === undefined ? [] : [releaseWay(need, need.floor)];

const nameOf = ({ reader, releasedWith }: Released) =>
  releasedWith === TERWAY ? 'Terway' : reader;

type KnownGap = Exclude<VersionGap, { kind: 'unknown' }>;

function failure({ kind, need, release }: KnownGap): string {
  const name = nameOf(need);
  switch (kind) {
    case 'unreleased':
      return `no ${name} up to ${release} knows ${need.shown}, so it has no effect`;
    case 'too-old':
      return `${need.shown} needs ${name} ${floorText(release, need)}`;
    case 'too-new':
      return `${name} ${release} dropped ${need.shown}, so it has no effect`;
  }
}

/** The releases that would do: `1.7.1 or newer`. */
function demand(need: VersionNeed): string {
  const { floor = 'any version', until, unreleasedAt } = need;
  if (unreleasedAt !== undefined) return `newer than ${unreleasedAt}`;
  const text = floorText(floor, need);
  return until === undefined ? text : `${text}, but older than ${until}`;
}

/** `1.17.1 or newer`, `1.17.1 or newer (of 1.16: 1.16.8)`. */
function floorText(floor: string, { lines = [] }: VersionNeed): string {
  const older = lines.map((line) => `of ${line.replace(/\.\d+$/, '')}: ${line}`);
  return `${floor} or newer${older.length === 0 ? '' : ` (${older.join(', ')})`}`;
}

/**
 * Who runs it, and how that is known: `this cluster runs 1.6.2 (from the guard's configuration)`,
 * `3 of 120 nodes run 1.5.1 to 1.6.2 (a, b, c), as probed 4 min ago`.
 */
export function describeNodes(fact: VersionFact, matching: MatchingNodes, facts: Facts): string {
  const { nodes } = matching;
  const { spread, isEstimate } = fact;
  const releases = releasesText(matching);
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

/** ` on 3 of 120 nodes (a, b, c)`, to end what happens there; nothing when it happens everywhere. */
export function onNodes({ spread }: VersionFact, { nodes }: MatchingNodes): string {
  if (!spread || !nodes || nodes.count >= spread.total) return '';
  return ` on ${shareOf(nodes, spread.total)}${namesOf(nodes)}`;
}

/** How many nodes have an unknown release, after the wrong ones; empty where all are known. */
function unknownNodesClause({ spread }: VersionFact): string {
  if (spread?.isOpen) return '; there may be more nodes, which have not been listed';
  const more = spread?.unknown.count ?? 0;
  return more === 0 ? '' : `; the version on ${more} more is not known`;
}

/** The same where no node is known to be wrong. */
function unknownNodes({ total, isOpen, unknown }: VersionSpread): string {
  const known = count(total - unknown.count, 'node');
  if (isOpen) return `the version is known on ${known}, and others have not been listed`;
  return `the version on ${shareOf(unknown, total)} is not known${namesOf(unknown)}`;
}

/** `1.6.2`, `1.5.1 to 1.6.2`. */
function releasesText({ oldest, newest }: MatchingNodes): string {
  const [from, to] = [versionText(oldest), versionText(newest)];
  return from === to ? from : `${from} to ${to}`;
}

/** Whether it is Terway in several releases: one DaemonSet has them only while it is rolled out. */
function isRollingOut(fact: VersionFact, facts: Facts): boolean {
  return fact === facts.terway && (fact.spread?.versions.length ?? 0) > 1;
}

/** How an operator makes an unknown version known. */
function howToLearn(need: VersionNeed, installed: VersionFact | undefined): string {
  const tell = howToTell(need);
  if (!installed) return tell;
  if (installed.spread?.isOpen)
    return `see in the guard's log why nodes are not listed, or ${tell}`;
  return need.releasedWith === CNI_PLUGINS
    ? `look at the pods of DaemonSet eni-config-guard-node-probe on these nodes, or ${tell}`
    : tell;
}

function howToTell({ reader, releasedWith }: Released): string {
  const key = releasedWith === TERWAY ? 'terwayVersion' : `pluginVersions.${reader}`;
  return `set facts.${key} in the configuration of eni-config-guard`;
}

/** The reader of eni_conf is called as its key is. */
const removal = ({ reader, removable }: VersionNeed) =>
  removable ? `remove ${pathText(reader, pathOf(removable))}` : '';

/** A release that is too old can be upgraded; for other gaps the member can only be removed. */
function remedy(gap: KnownGap, facts: Facts): string {
  const { kind, need, installed } = gap;
  if (kind !== 'too-old') return removal(need);
  const ways = [
    newerRelease(gap, facts),
    ...(installed.isEstimate ? [`or ${howToTell(need)} if it is there`] : []),
    ...(need.removable ? [`or ${removal(need)}`] : []),
  ].join(', ');
  return `${ways}${probingAnewFor(installed, need, facts)}`;
}

function newerRelease(gap: KnownGap, facts: Facts): string {
  const { reader, releasedWith } = gap.need;
  if (releasedWith === TERWAY) return newerTerway(gap, facts);
  const source = releasedWith ? ` (it comes with the ${releasedWith.binaryFrom})` : '';
  return `bring ${reader} ${gap.release} or newer to all nodes${source}`;
}

function newerTerway({ release, installed, where: { nodes } }: KnownGap, facts: Facts): string {
  const isOnAll = !nodes || nodes.count >= (installed.spread?.total ?? 0);
  if (isOnAll || !isRollingOut(installed, facts)) {
    return `upgrade Terway to ${release} or newer (ACK console, Operations > Add-ons)`;
  }
  const daemonSet = `daemonset.apps/${terwayDaemonSetOf(facts)}`;
  if (facts.terwayUpdates?.value === 'OnDelete') {
    return (
      `delete the pods of ${daemonSet} on these nodes, so that Terway ${release} or newer starts ` +
      '(its update strategy is OnDelete)'
    );
  }
  return (
    `complete the rollout of Terway ${release} or newer ` +
    `(kubectl rollout status -n kube-system ${daemonSet})`
  );
}

/**
 * To end a remedy that rests on the probe of nodes: its pods report what they found when they
 * started, however long ago. Nothing where no probe runs.
 */
export function probingAnew({ probeNamespace: namespace }: Facts): string {
  if (namespace === undefined) return '';
  return (
    '; after replacing binaries in place also run kubectl rollout restart ' +
    `-n ${namespace} daemonset/eni-config-guard-node-probe`
  );
}

/** The same for one program, where its release is known from the probe. */
export function probingAnewFor(
  { spread, isEstimate }: VersionFact,
  { releasedWith }: Released,
  facts: Facts,
): string {
  const isProbed = spread !== undefined && !isEstimate && releasedWith === CNI_PLUGINS;
  return isProbed ? probingAnew(facts) : '';
}

import type { VersionFact } from '../core/facts.ts';
import { namesOf, shareOf, terwayDaemonSetOf } from '../core/fact-text.ts';
import type { Problem } from '../core/finding.ts';
import { type JsonNode, pathOf } from '../core/json-node.ts';
import { formatPath } from '../core/json-path.ts';
import type { ReviewContext } from '../core/rule.ts';
import { type Version, isAtLeast, isNewer, parseVersion } from '../core/version.ts';
import { type Installation, installationOf, installedVersion, releasedAs } from './installed.ts';
import { isRollingOut, whoRuns } from './installed-text.ts';

/** What something in the object asks of the release of a program, held against the nodes. */

export interface VersionNeed {
  /** `terway`, the type of a plugin, or `eni_conf`. */
  readonly program: string;
  /** What needs it, in words: `masqAll`, `ingressPolicy "isolated"`. */
  readonly shown: string;
  readonly floor?: string | undefined;
  readonly until?: string | undefined;
  readonly unreleasedAt?: string | undefined;
  /** What may be removed to need nothing. */
  readonly removable?: JsonNode;
}

export type UnmetNeed = Pick<Problem, 'message' | 'severity' | 'isGuess'> & {
  readonly fix: string;
};

const MET: readonly UnmetNeed[] = [];

/**
 * Why a need is not met, node by node where they are known: on nodes with a wrong release, or on
 * nodes whose release is not known. Empty when it is met, or when every supported cluster meets it.
 */
export function unmet(need: VersionNeed, context: ReviewContext): readonly UnmetNeed[] {
  const { floor, until, unreleasedAt } = need;
  if (floor === undefined && until === undefined && unreleasedAt === undefined) return MET;
  const installed = installedVersion(context.facts, need.program);
  if (!installed) return notKnown(need, context);
  const name = displayName(need.program);
  const found: UnmetNeed[] = [];
  const demand = (isWrong: (version: Version) => boolean, message: string, isOld = false) => {
    const where = installationOf(installed, isWrong);
    if (!where) return;
    found.push({
      message: `${message}; ${whoRuns(installed, where, context.facts)}`,
      fix: isOld ? upgradeOr(need, installed, where, context) : removalOf(need),
      ...(installed.isEstimate ? { isGuess: true } : {}),
    });
  };
  if (unreleasedAt !== undefined) {
    const message = `no ${name} up to ${unreleasedAt} knows ${need.shown}, so it has no effect`;
    demand((version) => !isNewer(version, unreleasedAt), message);
  }
  if (floor !== undefined) {
    const message = `${need.shown} needs ${name} ${floor} or newer`;
    demand((version) => !isAtLeast(version, floor), message, true);
  }
  if (until !== undefined) {
    const message = `${name} ${until} dropped ${need.shown}, so it has no effect`;
    demand((version) => isAtLeast(version, until), message);
  }
  return found.length > 0 ? found : notKnownOnSome(need, installed, context);
}

const displayName = (program: string) => (releasedAs(program) === 'terway' ? 'Terway' : program);

const removalOf = ({ removable }: VersionNeed) =>
  removable ? `remove ${formatPath(pathOf(removable))}` : '';

/** How an operator makes an unknown version known. */
export function howToTell(program: string): string {
  const type = releasedAs(program);
  const key = type === 'terway' ? 'terwayVersion' : `pluginVersions.${type}`;
  return `set facts.${key} in the configuration of eni-config-guard`;
}

/** The remedy for releases that are too old. */
function upgradeOr(
  need: VersionNeed,
  installed: VersionFact,
  { nodes }: Installation,
  { facts }: ReviewContext,
): string {
  const { program, floor = '' } = need;
  const isHalfDone =
    isRollingOut(installed, facts) && nodes && nodes.count < (installed.spread?.total ?? 0);
  const upgrade =
    releasedAs(program) !== 'terway'
      ? `bring ${program} ${floor} or newer to all nodes (it comes with the node image)`
      : isHalfDone
        ? `complete the rollout of Terway ${floor} or newer ` +
          `(kubectl rollout status -n kube-system daemonset.apps/${terwayDaemonSetOf(facts)})`
        : `upgrade Terway to ${floor} or newer (ACK console, Operations > Add-ons)`;
  const known = installed.isEstimate ? `, or ${howToTell(program)} if it is there` : '';
  return `${upgrade}${known}${need.removable ? `, or ${removalOf(need)}` : ''}`;
}

/**
 * What any cluster that can run the guard (Kubernetes 1.30 and newer) has at least: with a version
 * unknown, a floor at or below this is no reason to warn. Source: ACK's matrix asks Terway 1.9 for
 * Kubernetes 1.30; the plugin figure is a cautious guess that can only add a warning.
 */
const ASSUMED_MINIMUM = { terway: '1.9.0', plugin: '1.2.0' };

/** What a need asks of a version nobody knows; undefined when every supported cluster has it. */
function needsOfUnknown({ program, floor, until, unreleasedAt }: VersionNeed): string | undefined {
  if (unreleasedAt !== undefined) return `newer than ${unreleasedAt}`;
  if (until !== undefined) return `${floor ?? 'any version'} or newer, but older than ${until}`;
  const assumed = ASSUMED_MINIMUM[releasedAs(program) === 'terway' ? 'terway' : 'plugin'];
  const version = floor === undefined ? undefined : parseVersion(floor);
  return version && isNewer(version, assumed) ? `${floor} or newer` : undefined;
}

function notKnown(need: VersionNeed, { policy }: ReviewContext): readonly UnmetNeed[] {
  const needs = needsOfUnknown(need);
  if (needs === undefined) return MET;
  const { program, shown } = need;
  return [
    {
      message: `${shown} needs ${displayName(program)} ${needs}; the installed version is not known`,
      fix: howToTell(program),
      severity: policy.onUnknownVersion,
    },
  ];
}

/** Where every release that was found is right, nodes without an answer are told of. */
function notKnownOnSome(
  need: VersionNeed,
  { spread, isEstimate }: VersionFact,
  { policy }: ReviewContext,
): readonly UnmetNeed[] {
  if (!spread || spread.unknown.count === 0) return MET;
  const needs = needsOfUnknown(need);
  if (needs === undefined) return MET;
  const { program, shown } = need;
  const { unknown, total } = spread;
  return [
    {
      message:
        `${shown} needs ${displayName(program)} ${needs}; ` +
        `the version on ${shareOf(unknown, total)} is not known${namesOf(unknown)}`,
      fix: whyNotKnown(program),
      severity: policy.onUnknownVersion,
      ...(isEstimate ? { isGuess: true } : {}),
    },
  ];
}

/** Plugins are asked by the node probe; its pods say why they have no answer. */
function whyNotKnown(program: string): string {
  const tell = howToTell(program);
  return releasedAs(program) === 'terway'
    ? tell
    : `look at the pods of DaemonSet eni-config-guard-node-probe on these nodes, or ${tell}`;
}

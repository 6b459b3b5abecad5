import { TERWAY } from '../catalogue/distributions.ts';
import type { VersionFact } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, prose } from '../core/fix.ts';
import type { JsonNode } from '../json/node.ts';
import type { ReviewContext } from '../core/rule.ts';
import {
  type Version,
  isAtLeast,
  isAtLeastOnLine,
  isNewer,
  parseVersion,
} from '../core/version.ts';
import {
  allPass,
  type MatchingNodes,
  matchingNodes,
  installedVersion,
  type Released,
} from '../reading/installed.ts';
import { unknownNodesClause, unknownNodes, describeNodes } from './installed-text.ts';
import { howToTell, removal, upgrade, whereToLook, whyNotListed } from './version-remedy.ts';

/** What something in the object asks of the release of a program, held against the nodes. */

export interface VersionNeed extends Released {
  /** What needs it, in words: `masqAll`, `ingressPolicy "isolated"`. */
  readonly shown: string;
  readonly floor?: string | undefined;
  /** First releases of older lines that meet the floor as well. */
  readonly lines?: readonly string[] | undefined;
  readonly until?: string | undefined;
  readonly unreleasedAt?: string | undefined;
  /** What may be removed to need nothing. */
  readonly removable?: JsonNode;
}

export type UnmetNeed = Pick<Problem, 'message' | 'severity' | 'isGuess'> & {
  readonly fix: Fix;
};

const MET: readonly UnmetNeed[] = [];

/**
 * Why a need is not met, node by node where they are known: on nodes with a wrong release, or on
 * nodes whose release is not known. Empty when it is met, or when every supported cluster meets it.
 */
export function unmet(need: VersionNeed, context: ReviewContext): readonly UnmetNeed[] {
  const { floor, until, unreleasedAt } = need;
  if (floor === undefined && until === undefined && unreleasedAt === undefined) return MET;
  const installed = installedVersion(context.facts, need);
  if (!installed) return notKnown(need, context);
  // Most needs are met, and words cost more than the question.
  if (allPass(installed, (version) => isHonoured(need, version))) {
    return notKnownOnSome(need, installed, context);
  }
  return shortcomings(need, installed, context);
}

/** Whether this release does what is asked of it. */
function isHonoured({ floor, lines, until, unreleasedAt }: VersionNeed, version: Version): boolean {
  return (
    (unreleasedAt === undefined || isNewer(version, unreleasedAt)) &&
    (floor === undefined || isAtLeastOnLine(version, floor, lines)) &&
    (until === undefined || !isAtLeast(version, until))
  );
}

/** What is wrong with the releases that are there; nodes may be too old, and others too new. */
function shortcomings(
  need: VersionNeed,
  installed: VersionFact,
  context: ReviewContext,
): readonly UnmetNeed[] {
  const { floor, lines, until, unreleasedAt } = need;
  const name = displayName(need);
  const found: UnmetNeed[] = [];
  const demand = (
    isWrong: (version: Version) => boolean,
    message: string,
    remedy: (where: MatchingNodes) => string = () => removal(need),
  ) => {
    const where = matchingNodes(installed, isWrong);
    if (!where) return;
    found.push({
      message: `${message}; ${describeNodes(installed, where, context.facts)}${unknownNodesClause(installed)}`,
      fix: prose(remedy(where)),
      ...(installed.isEstimate ? { isGuess: true } : {}),
    });
  };
  if (unreleasedAt !== undefined) {
    const message = `no ${name} up to ${unreleasedAt} knows ${need.shown}, so it has no effect`;
    demand((version) => !isNewer(version, unreleasedAt), message);
  }
  if (floor !== undefined) {
    const message = `${need.shown} needs ${name} ${floorText(floor, lines)}`;
    const remedy = (where: MatchingNodes) => upgrade(need, installed, where, context.facts);
    demand((version) => !isAtLeastOnLine(version, floor, lines), message, remedy);
  }
  if (until !== undefined) {
    const message = `${name} ${until} dropped ${need.shown}, so it has no effect`;
    demand((version) => isAtLeast(version, until), message);
  }
  return found;
}

const displayName = ({ program, releasedWith }: Released) =>
  releasedWith === TERWAY ? 'Terway' : program;

/** What a need asks of a version nobody knows; undefined when every supported cluster has it. */
function needsOfUnknown({
  releasedWith,
  floor,
  lines,
  until,
  unreleasedAt,
}: VersionNeed): string | undefined {
  if (unreleasedAt !== undefined) return `newer than ${unreleasedAt}`;
  if (until !== undefined) return `${floor ?? 'any version'} or newer, but older than ${until}`;
  const assumed = releasedWith?.assumedMinimum;
  const version = floor === undefined ? undefined : parseVersion(floor);
  const isMissing = version && (assumed === undefined || isNewer(version, assumed));
  return floor !== undefined && isMissing ? floorText(floor, lines) : undefined;
}

/** `1.17.1 or newer`, `1.17.1 or newer (of 1.16: 1.16.8)`. */
function floorText(floor: string, lines: readonly string[] = []): string {
  const older = lines.map((line) => `of ${line.replace(/\.\d+$/, '')}: ${line}`);
  return `${floor} or newer${older.length === 0 ? '' : ` (${older.join(', ')})`}`;
}

function notKnown(need: VersionNeed, { policy }: ReviewContext): readonly UnmetNeed[] {
  const needs = needsOfUnknown(need);
  if (needs === undefined) return MET;
  return [
    {
      message: `${need.shown} needs ${displayName(need)} ${needs}; the installed version is not known`,
      fix: prose(howToTell(need)),
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
  const where = spread && unknownNodes(spread);
  const needs = where === undefined ? undefined : needsOfUnknown(need);
  if (needs === undefined) return MET;
  return [
    {
      message: `${need.shown} needs ${displayName(need)} ${needs}; ${where}`,
      fix: prose(spread?.isOpen ? whyNotListed(need) : whereToLook(need)),
      severity: policy.onUnknownVersion,
      ...(isEstimate ? { isGuess: true } : {}),
    },
  ];
}

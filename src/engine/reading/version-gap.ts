import type { Facts, VersionFact } from '../core/facts.ts';
import {
  type Version,
  isAtLeast,
  isAtLeastOnLine,
  isNewer,
  parseVersion,
} from '../core/version.ts';
import type { JsonNode } from '../json/node.ts';
import {
  type MatchingNodes,
  type Released,
  installedVersion,
  matchingNodes,
  mayLack,
} from './installed.ts';

/** What something in the object asks of the release of a program, held against the nodes. */

export interface VersionNeed extends Released {
  /** What needs it, in words: `masqAll`, `ingressPolicy "isolated"`. */
  readonly shown: string;
  /** First release that meets the need. */
  readonly floor?: string | undefined;
  /** First releases of older lines that meet the floor as well. */
  readonly lines?: readonly string[] | undefined;
  /** First release that does not meet it any more. */
  readonly until?: string | undefined;
  /** The newest release that was looked at, which does not meet it yet. */
  readonly unreleasedAt?: string | undefined;
  /** What may be removed to need nothing. */
  readonly removable?: JsonNode | undefined;
}

/** How a release can fail a need. */
type Failure = 'unreleased' | 'too-old' | 'too-new';

/** Why a need is not met. */
export type VersionGap =
  /** Some nodes run a release on the wrong side of `release`. */
  | {
      readonly kind: Failure;
      readonly need: VersionNeed;
      readonly release: string;
      readonly installed: VersionFact;
      readonly where: MatchingNodes;
    }
  /** Nothing known is wrong, but the release is not known on some nodes, or (`installed` absent) at all. */
  | { readonly kind: 'unknown'; readonly need: VersionNeed; readonly installed?: VersionFact };

type Fails = (version: Version, release: string, need: VersionNeed) => boolean;

const FAILS: Readonly<Record<Failure, Fails>> = {
  unreleased: (version, newest) => !isNewer(version, newest),
  'too-old': (version, floor, { lines }) => !isAtLeastOnLine(version, floor, lines),
  'too-new': (version, until) => isAtLeast(version, until),
};

const NONE: readonly VersionGap[] = [];

/**
 * The gaps between a need and what is installed, node by node where that is known: nodes may be too
 * old, and others too new. Empty when it is met, or when every supported cluster meets it.
 */
export function gapsOf(need: VersionNeed, facts: Facts): readonly VersionGap[] {
  const { floor, until, unreleasedAt } = need;
  if (floor === undefined && until === undefined && unreleasedAt === undefined) return NONE;
  const installed = installedVersion(facts, need);
  if (!installed) return isAssumed(need) ? NONE : [{ kind: 'unknown', need }];
  const unreleased = gap('unreleased', unreleasedAt, need, installed);
  const tooOld = gap('too-old', floor, need, installed);
  const tooNew = gap('too-new', until, need, installed);
  if (unreleased ?? tooOld ?? tooNew) {
    return [unreleased, tooOld, tooNew].filter((one) => one !== undefined);
  }
  const isKnown = !installed.spread || !mayLack(installed.spread);
  return isKnown || isAssumed(need) ? NONE : [{ kind: 'unknown', need, installed }];
}

function gap(
  kind: Failure,
  release: string | undefined,
  need: VersionNeed,
  installed: VersionFact,
): VersionGap | undefined {
  if (release === undefined) return undefined;
  const where = matchingNodes(installed, (version) => FAILS[kind](version, release, need));
  return where && { kind, need, release, installed, where };
}

/** Whether any cluster that can run the guard meets the need, so that an unknown version will do. */
function isAssumed({ releasedWith, floor, until, unreleasedAt }: VersionNeed): boolean {
  const assumed = releasedWith?.assumedMinimum;
  if (assumed === undefined || until !== undefined || unreleasedAt !== undefined) return false;
  const version = floor === undefined ? undefined : parseVersion(floor);
  return version !== undefined && !isNewer(version, assumed);
}

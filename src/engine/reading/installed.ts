import { type Distribution, TERWAY } from '../catalogue/distributions.ts';
import type { Facts, NodeGroup, VersionFact, VersionSpread } from '../core/facts.ts';
import type { Version } from '../core/version.ts';

/** Which releases of a program the nodes run. */

type Test = (version: Version) => boolean;

/** What reads a plugin's entry, or eni_conf, and whose release counts for it. */
export interface Released {
  /** The type of a plugin, or `eni_conf`. */
  readonly reader: string;
  readonly releasedWith: Distribution | undefined;
}

/** The release of a program; undefined: unknown. */
export function installedVersion(
  facts: Facts,
  { reader, releasedWith }: Released,
): VersionFact | undefined {
  return releasedWith === TERWAY ? facts.terway : facts.plugins.get(reader);
}

/** Whether there may be nodes of which the release is not known. */
export const mayLack = ({ isOpen = false, unknown }: VersionSpread) => isOpen || unknown.count > 0;

/** Whether the release is known on every node, and not by an estimate. */
export function isKnownEverywhere({ isEstimate, spread }: VersionFact): boolean {
  return !isEstimate && !(spread && mayLack(spread));
}

/** Whether every release that was found passes; unknown nodes say nothing. */
export function allPass({ value, spread }: VersionFact, test: Test): boolean {
  return spread ? spread.versions.every(({ version }) => test(version)) : test(value);
}

/** Whether a node may run a release that passes. What is unknown or estimated may be any release. */
export function oneMayPass(fact: VersionFact | undefined, test: Test): boolean {
  if (!fact || fact.isEstimate) return true;
  if (!fact.spread) return test(fact.value);
  const { versions } = fact.spread;
  return mayLack(fact.spread) || versions.some(({ version }) => test(version));
}

/** Releases that are alike in something, and where they run. */
export interface MatchingNodes {
  readonly oldest: Version;
  readonly newest: Version;
  /** Absent when nothing is known of single nodes: then it is the whole cluster. */
  readonly nodes?: NodeGroup;
}

/** The releases that pass and their nodes; undefined when there are none. */
export function matchingNodes(
  { value, spread }: VersionFact,
  test: Test,
): MatchingNodes | undefined {
  if (!spread) return test(value) ? { oldest: value, newest: value } : undefined;
  const passing = spread.versions.filter(({ version }) => test(version));
  const [first] = passing;
  const last = passing.at(-1);
  if (!first || !last) return undefined;
  return {
    oldest: first.version,
    newest: last.version,
    nodes: {
      count: passing.reduce((sum, { nodes }) => sum + nodes.count, 0),
      names: passing.flatMap(({ nodes }) => nodes.names),
    },
  };
}

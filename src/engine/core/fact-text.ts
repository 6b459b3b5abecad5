import {
  type Fact,
  type Facts,
  type NodeGroup,
  TERWAY_DAEMONSET,
  type VersionFact,
} from './facts.ts';
import { count, printable, shortened } from '../text/text.ts';
import type { Version } from './version.ts';

/**
 * How messages speak of facts. Names of nodes, tags and whatever else the cluster tells is the text
 * of strangers: made printable, and cut.
 */

const MAX_ORIGIN_LENGTH = 120;

/** Names told of a group of nodes: enough to go and look, and an admission warning stays whole. */
const MAX_NAMES_SHOWN = 3;
const MAX_NAME_LENGTH = 63;

const foreign = (text: string, limit: number) => shortened(printable(text, limit), limit);

/** Where a fact comes from and how old it is; see Fact for the two forms of `origin`. */
export function originOf({ origin, learntAt }: Fact<unknown>, { asOf }: Facts): string {
  const source = foreign(origin, MAX_ORIGIN_LENGTH);
  const age = learntAt === undefined || asOf === undefined ? NaN : asOf - learntAt;
  if (!Number.isFinite(age)) return source;
  return origin.startsWith('as ') ? `${source} ${ago(age)}` : `${source}, seen ${ago(age)}`;
}

/** The same as the end of a clause: `, as probed 4 min ago`, ` (from ..., seen 10 s ago)`. */
export function sourceClause(fact: Fact<unknown>, facts: Facts): string {
  const origin = originOf(fact, facts);
  return origin.startsWith('as ') ? `, ${origin}` : ` (${origin})`;
}

/** `10 s ago`, `4 min ago`, `3 h ago`, `12 days ago`; clocks that disagree make it `just now`. */
export function ago(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

/** A version as it is to be cited: of an estimate the origin says so. */
export function withEstimate(fact: VersionFact): VersionFact {
  return fact.isEstimate ? { ...fact, origin: `estimated ${fact.origin}` } : fact;
}

/** `3 nodes (a, b, c)`. */
export function nodesOf(group: NodeGroup): string {
  return `${count(group.count, 'node')}${namesOf(group)}`;
}

/** `3 of 120 nodes`, `all 120 nodes`, `the only node`. */
export function shareOf(group: NodeGroup, total: number): string {
  if (group.count < total) return `${group.count} of ${count(total, 'node')}`;
  return total === 1 ? 'the only node' : `all ${total} nodes`;
}

/** ` (a, b, c, ...)`, to stand behind what it is about; nothing when no name is known. */
export function namesOf({ count, names }: NodeGroup): string {
  const shown = names.slice(0, MAX_NAMES_SHOWN).map((name) => foreign(name, MAX_NAME_LENGTH));
  if (shown.length === 0) return '';
  return ` (${[...shown, ...(count > shown.length ? ['...'] : [])].join(', ')})`;
}

const MAX_TAG_LENGTH = 40;

/** A version as the cluster writes it, without the leading v; by its numbers where that is long. */
export function versionText({ raw, normal }: Version): string {
  return raw.length > MAX_TAG_LENGTH ? normal : printable(raw.replace(/^v(?=\d)/, ''));
}

/** The name of the Terway DaemonSet, the usual one when it is not known. */
export function terwayDaemonSetOf({ terwayDaemonSet }: Facts): string {
  return foreign(terwayDaemonSet?.value ?? TERWAY_DAEMONSET, MAX_NAME_LENGTH);
}

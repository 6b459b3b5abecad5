import {
  type Fact,
  type Facts,
  type FactSource,
  type NodeGroup,
  TERWAY_DAEMONSET,
} from './facts.ts';
import { count, printable, shortened } from '../text/text.ts';
import type { Version } from './version.ts';

/**
 * How messages speak of facts. Names of nodes, tags and other text from the cluster may hold
 * anything: it is made printable and shortened.
 */

const MAX_ORIGIN_LENGTH = 120;

/** Names shown of a group of nodes: enough to go and look, short enough for an admission warning. */
const MAX_NAMES_SHOWN = 3;
const MAX_NAME_LENGTH = 63;

const foreign = (text: string, limit: number) => shortened(printable(text, limit), limit);

/** A source in words: `from DaemonSet terway-eniip`, `as probed`. Names in it are not yet printable. */
export function sourceInWords(source: FactSource): string {
  switch (source.kind) {
    case 'configuration': {
      const { overrides } = source;
      if (!overrides) return "from the guard's configuration";
      const learnt = `${overrides.value} (${sourceInWords(overrides.source)})`;
      return `from the guard's configuration, which overrides ${learnt}`;
    }
    case 'namespace':
      return `from namespace ${source.name}`;
    case 'daemon-set':
      return `from DaemonSet ${source.name}`;
    case 'daemon-set-pods':
      return `from the pods of DaemonSet ${source.name}`;
    case 'config-map':
      return `from ConfigMap ${source.name}`;
    case 'nodes':
      return 'from the nodes';
    case 'node-labels':
      return "from the nodes' labels";
    case 'kubelet':
      return `from kubelet ${source.version}`;
    case 'node-probe':
      return 'as probed';
    case 'eni-config':
      return source.reason;
    case 'pod-template':
      return 'as the new pod template says';
  }
}

/** Whether the words are a clause of their own, `as probed`: a comma leads to it, its age follows. */
const isClause = ({ kind }: FactSource) => kind === 'node-probe' || kind === 'pod-template';

/**
 * Where a fact comes from and how old it is: `from DaemonSet terway-eniip, seen 10 s ago`,
 * `estimated from kubelet v1.33.3, seen 10 s ago`, `as probed 4 min ago`.
 */
export function originOf(fact: Fact<unknown>, { asOf }: Facts): string {
  const { source, learntAt, isEstimate } = fact;
  const text = `${isEstimate ? 'estimated ' : ''}${sourceInWords(source)}`;
  const origin = foreign(text, MAX_ORIGIN_LENGTH);
  const age = learntAt === undefined || asOf === undefined ? NaN : asOf - learntAt;
  if (!Number.isFinite(age)) return origin;
  return isClause(source) ? `${origin} ${ago(age)}` : `${origin}, seen ${ago(age)}`;
}

/** The same as the end of a sentence: `, as probed 4 min ago`, ` (from ..., seen 10 s ago)`. */
export function sourceClause(fact: Fact<unknown>, facts: Facts): string {
  const origin = originOf(fact, facts);
  return isClause(fact.source) ? `, ${origin}` : ` (${origin})`;
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

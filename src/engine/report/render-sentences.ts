import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import { AUTO_DATAPATH_V2_SINCE } from '../catalogue/plugins/terway.ts';
import { CNI_CHAIN_KEY, type ConfigMap } from '../core/eni-config.ts';
import { namesOf, terwayDaemonSetOf, versionText } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import { isAtLeast, isNewer } from '../core/version.ts';
import { formatPath } from '../json/path.ts';
import type { EntryName, FileChange } from '../rendering/differences.ts';
import { type GoValue, goText } from '../rendering/go-value.ts';
import { type NodeFile, type NodeKind, renderedKey } from '../rendering/node-file.ts';
import type { KeyChange, MemberChange, Rendering } from '../rendering/rendering.ts';
import { count, printable, quoted, shortened } from '../text/text.ts';

/** What a rendering comes to in words, a line each. Names and values in them are printable. */

const MAX_SENTENCES = 100;
const MAX_VALUE_LENGTH = 200;

/** What a change makes of the file of a node, when it acts, and where it does not. */
export function changeSentences(rendering: Rendering, facts: Facts): readonly string[] {
  const { change, files, shown } = rendering;
  if (!change) return [];
  const { before, plugins, keys } = change;
  const now = files[shown];
  const file = [...fileSentences(before, now), ...firstOf(plugins.map(pluginSentence))];
  const own =
    file.length === 0
      ? ["a node's file stays as it is"]
      : [...file, `takes effect when Terway restarts: ${restartOf(facts)}`, ...ignoring(facts)];
  return [...own, ...keys.map(keySentence)];
}

function firstOf(sentences: readonly string[]): readonly string[] {
  const rest = sentences.length - MAX_SENTENCES;
  return rest > 0
    ? [...sentences.slice(0, MAX_SENTENCES), `and ${count(rest, 'more change')}`]
    : sentences;
}

const restartOf = (facts: Facts) =>
  `kubectl rollout restart -n kube-system daemonset.apps/${terwayDaemonSetOf(facts)}`;

function fileSentences(before: NodeFile, now: NodeFile): string[] {
  if (now.kind !== 'file') {
    const isSame = before.kind === now.kind && before.why === now.why;
    return isSame ? [] : [absence(now)];
  }
  return before.kind === 'file' ? [] : [`Terway writes a file again; so far: ${absence(before)}`];
}

/** Why there is no file to show. */
export const absence = ({ kind, why }: Exclude<NodeFile, { kind: 'file' }>) =>
  kind === 'refused'
    ? `Terway writes no file, its init container fails: ${why}`
    : `what Terway writes can't be told: ${why}`;

/** A change of the chain in one sentence. */
export function pluginSentence(change: FileChange): string {
  const entry = nameOf(change.entry);
  switch (change.kind) {
    case 'added':
      return `${entry} added ${placeAfter(change.after)}`;
    case 'moved':
      return `${entry} moved, now ${placeAfter(change.after)}`;
    case 'removed':
      return `${entry} removed`;
    case 'member': {
      const { path, before, now } = change;
      const member = `${entry}: ${printable(formatPath(path), 400)}`;
      if (before === undefined) return `${member} added: ${valueText(now)}`;
      if (now === undefined) return `${member} removed, was ${valueText(before)}`;
      return `${member} changed from ${valueText(before)} to ${valueText(now)}`;
    }
  }
}

const placeAfter = (entry: EntryName | undefined) =>
  entry ? `after ${nameOf(entry)}` : 'in the first place';

function nameOf({ type, number }: EntryName): string {
  const name = /^[\w.-]{1,64}$/.test(type) ? type : quoted(type);
  return number === 1 ? name : `${name} (number ${number})`;
}

/** A value as JSON on one line, cut where it is long. */
export const valueText = (value: GoValue | undefined): string =>
  value === undefined
    ? ''
    : shortened(
        printable(goText(value).replaceAll(/([[{])\n\s*|\n\s*([\]}])|\n\s*/g, joined), Infinity),
        MAX_VALUE_LENGTH,
      );

const joined = (_: string, opening?: string, closing?: string) => opening ?? closing ?? ' ';

function ignoring({ exclusiveEniNodes }: Facts): string[] {
  if (!exclusiveEniNodes) return [];
  const { value } = exclusiveEniNodes;
  if (value.count === 0) return [];
  const ignore = value.count === 1 ? 'ignores' : 'ignore';
  return [`${count(value.count, 'exclusive-ENI node')}${namesOf(value)} ${ignore} it`];
}

function keySentence(change: KeyChange): string {
  const atStart = "at the next start of Terway's containers on a node";
  if (change.key === 'eni_conf') {
    const when = change.isReadAtOnce
      ? `at once where it is read from the API (central IPAM), else ${atStart}`
      : atStart;
    return `eni_conf: ${membersText(change.members)}; acts ${when}`;
  }
  const { key, before, now } = change;
  const how =
    now === undefined
      ? 'removed'
      : before === undefined
        ? `added: ${quoted(now)}`
        : `changed from ${quoted(before)} to ${quoted(now)}`;
  return `${key} ${how}; acts ${atStart}`;
}

function membersText(members: readonly MemberChange[]): string {
  if (members.length === 0) return 'another text';
  const shown = members.slice(0, MAX_SENTENCES);
  return shown.map(({ name, how }) => `${printable(name, 80)} ${how}`).join(', ');
}

/** What is not known, or holds for other nodes than those shown. */
export function renderRemarks(
  object: ConfigMap,
  { shown, files }: Rendering,
  facts: Facts,
): readonly string[] {
  const isCniChain = renderedKey(object, facts) === CNI_CHAIN_KEY;
  return [
    ...releaseRemark(facts, isCniChain),
    ...datapathRemarks(shown, files, facts),
    ...mtuRemark(files[shown]),
    ...exclusiveRemark(facts, isCniChain),
  ];
}

function releaseRemark({ terway }: Facts, isCniChain: boolean): string[] {
  if (isCniChain) {
    return [
      `made of 10-terway.conf and cni_chain, as in the source of Terway newer than ${CNI_CHAIN_UNREAD_UP_TO}; older releases read 10-terway.conflist`,
    ];
  }
  const known = `as Terway ${AUTO_DATAPATH_V2_SINCE} to ${CNI_CHAIN_UNREAD_UP_TO} writes it`;
  if (!terway) return [`the version of Terway is not known (--terway): shown ${known}`];
  const version = versionText(terway.value);
  if (!isAtLeast(terway.value, AUTO_DATAPATH_V2_SINCE)) {
    return [`shown ${known}; ${version} is older and may write another file`];
  }
  return isNewer(terway.value, CNI_CHAIN_UNREAD_UP_TO)
    ? [`shown as the newest source of Terway says; ${version} was not run`]
    : [];
}

const isSameFile = (a: NodeFile, b: NodeFile) =>
  a.kind === 'file' ? b.kind === 'file' && a.text === b.text : b.kind !== 'file';

/** Nodes of a known datapath are all alike, and those that join may not be. */
function datapathRemarks(shown: NodeKind, files: Rendering['files'], facts: Facts): string[] {
  const differs = (node: NodeKind) => !isSameFile(files[node], files[shown]);
  if (shown !== 'new') return differs('new') ? ['a node that joins gets another file'] : [];
  const others = (['veth', 'datapathv2'] as const).filter(differs);
  if (others.length === 0) return [];
  return [
    `shown for a new node, as the nodes run ${datapathText(facts)}`,
    ...others.map(
      (node) => `a node that already runs ${node} gets another file (--datapath ${node})`,
    ),
  ];
}

const datapathText = ({ datapath }: Facts) =>
  datapath ? 'several datapaths' : 'a datapath that is not known';

function mtuRemark(file: NodeFile): string[] {
  const isAuto =
    file.kind === 'file' &&
    file.plugins.some((plugin) => plugin.get('auto_mtu') === true && !plugin.has('mtu'));
  return isAuto
    ? [`Terway newer than ${CNI_CHAIN_UNREAD_UP_TO} puts mtu in place of auto_mtu`]
    : [];
}

function exclusiveRemark({ exclusiveEniNodes }: Facts, isCniChain: boolean): string[] {
  if (!exclusiveEniNodes) {
    return [
      'whether there are nodes in exclusive-ENI mode, which get a file of their own, is not known',
    ];
  }
  const { value } = exclusiveEniNodes;
  if (value.count === 0) return [];
  const nodes = `${count(value.count, 'exclusive-ENI node')}${namesOf(value)}`;
  const get = value.count === 1 ? 'gets' : 'get';
  const own = value.count === 1 ? 'a file of its own' : 'a file of their own';
  return [`${nodes} ${get} ${own}${isCniChain ? ' with these plugins' : ''}`];
}

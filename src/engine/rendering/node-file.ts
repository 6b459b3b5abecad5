import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import { MAX_CNI_CHAIN_ENTRIES } from '../core/chain.ts';
import {
  CNI_CHAIN_KEY,
  CONF_KEY,
  type ConfigMap,
  type DocumentKey,
  ENI_CONF_KEY,
  formatOf,
} from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { type DocumentReader, createDocumentReader } from '../json/document-reader.ts';
import type { JsonDocument } from '../json/document.ts';
import { countingKey } from '../reading/counting-chain.ts';
import { POLICY_KEY, isPolicyEnabled } from '../reading/datapath.ts';
import { isKnownEverywhere, allPass } from '../reading/installed.ts';
import { isNewer } from '../core/version.ts';
import {
  type GoObject,
  type GoValue,
  goText,
  goValueOf,
  isGoArray,
  isGoObject,
} from './go-value.ts';

/**
 * The file that Terway's init container writes for the container runtime, 10-terway.conflist below
 * /etc/cni/net.d. Source: cmd/terway-cli/{common,cni,cni_linux,node}.go of Terway 1.17.5, with which
 * the conformance tests compare it; for newer releases read, not run.
 */

/**
 * What decides, beside the object, on the file of a node: what an earlier start has recorded there.
 * `new`: nothing yet. `veth`: no cilium-agent. `datapathv2`: a cilium-agent on Datapath V2.
 * `exclusive-eni`: in exclusive-ENI mode, which ignores the object.
 */
export type NodeKind = 'new' | 'veth' | 'datapathv2' | 'exclusive-eni';

/** The file of a node, or why there is none: Terway refuses, or what it writes can't be told. */
export type NodeFile =
  | { readonly kind: 'file'; readonly text: string; readonly plugins: readonly GoObject[] }
  | { readonly kind: 'refused' | 'unsure'; readonly why: string };

export interface RenderOptions {
  readonly facts: Facts;
  /** Keys that are not there may stand elsewhere: a file holds one text of several. */
  readonly isPartial?: boolean;
}

/** The file that a node gets of an object. Pure and total. */
export function renderNodeFile(
  object: ConfigMap,
  node: NodeKind,
  { facts, isPartial = false }: RenderOptions,
): NodeFile {
  if (!isPartial) {
    for (const key of [CONF_KEY, ENI_CONF_KEY]) {
      if (!object.data.has(key) && !object.binaryData.has(key)) {
        return refused(`${key} is missing`);
      }
    }
  }
  if (object.binaryData.has(POLICY_KEY)) return unsure(`${POLICY_KEY} stands in binaryData`);
  const read = entriesOf(object, facts);
  if ('kind' in read) return read;
  const file = merged(read.entries, {
    node,
    isPolicyEnabled: isPolicyEnabled(object),
    isAutoMtuRead: isNewerThanKnown(facts),
  });
  // Terway merges first, and then writes its own list in place of the result.
  return node === 'exclusive-eni' && file.kind === 'file' ? fileOf(EXCLUSIVE_ENI) : file;
}

const refused = (why: string): NodeFile => ({ kind: 'refused', why });
const unsure = (why: string): NodeFile => ({ kind: 'unsure', why });

/** Whether every node is known to run a release newer than those whose code is run in tests. */
const isNewerThanKnown = ({ terway }: Facts): boolean =>
  terway !== undefined &&
  isKnownEverywhere(terway) &&
  allPass(terway, (version) => isNewer(version, CNI_CHAIN_UNREAD_UP_TO));

/** The key that makes the chain of a node: 10-terway.conf where there is no other. */
export const renderedKey = (object: ConfigMap, facts: Facts): DocumentKey =>
  countingKey(object, facts) ?? CONF_KEY;

type Entries = { readonly entries: readonly GoValue[] } | NodeFile;

/** The entries that Terway walks. */
function entriesOf(object: ConfigMap, facts: Facts): Entries {
  const read = createDocumentReader();
  const key = renderedKey(object, facts);
  const root = valueUnder(object, key, read);
  if ('kind' in root) return root;
  if (key !== CNI_CHAIN_KEY) return entriesIn(root.value);
  const list = root.value;
  if (!isGoArray(list)) return refused(`${CNI_CHAIN_KEY} is no list`);
  if (list.length > MAX_CNI_CHAIN_ENTRIES) {
    return refused(`${CNI_CHAIN_KEY} has more than ${MAX_CNI_CHAIN_ENTRIES} entries`);
  }
  const conf = valueUnder(object, CONF_KEY, read);
  return 'kind' in conf ? conf : { entries: [conf.value, ...list] };
}

function valueUnder(
  { data, binaryData }: ConfigMap,
  key: DocumentKey,
  read: DocumentReader,
): { readonly value: GoValue } | NodeFile {
  const text = data.get(key);
  if (text === undefined) {
    return unsure(binaryData.has(key) ? `${key} stands in binaryData` : `there is no ${key}`);
  }
  const { root, problems } = read(text, formatOf(key));
  const [problem] = problems;
  if (problem) return isBeyondUs(problem) ? unsure(tooMuch(key)) : refused(unreadable(key));
  return root ? { value: goValueOf(root) } : refused(unreadable(key));
}

/** Terway reads deeper and longer texts than are looked at here. */
const isBeyondUs = ({ kind }: JsonDocument['problems'][number]) =>
  kind === 'depth' || kind === 'size';
const tooMuch = (key: string) => `${key} is too long or nested too deeply to be looked at`;
const unreadable = (key: DocumentKey) =>
  `${key} is no ${formatOf(key) === 'json' ? 'JSON' : 'YAML'} that Terway reads`;

/** The elements of `plugins`; a document without it counts as one entry. */
function entriesIn(root: GoValue): Entries {
  if (!isGoObject(root) || !root.has('plugins')) return { entries: [root] };
  const plugins = root.get('plugins');
  if (isGoArray(plugins)) return { entries: plugins };
  if (!isGoObject(plugins)) return { entries: [] };
  if (plugins.size < 2) return { entries: [...plugins.values()] };
  return unsure('"plugins" is an object, whose values Terway takes in random order');
}

interface NodeState {
  readonly node: NodeKind;
  readonly isPolicyEnabled: boolean;
  /** auto_mtu is Terway's own; older releases hand it on. */
  readonly isAutoMtuRead: boolean;
}

/** What terway-cli has come to on its way through the entries; each goes on from the one before. */
interface Progress {
  datapath: string;
  provider: string;
  needsCilium: boolean;
  /** Whether bandwidth may be limited with EDT. Every kernel that Terway starts on can (5.10). */
  hasEdt: boolean;
}

/** What terway-cli makes of the entries (mergeConfigList). */
function merged(entries: readonly GoValue[], state: NodeState): NodeFile {
  const progress = { datapath: '', provider: 'iptables', needsCilium: false, hasEdt: true };
  const plugins: GoObject[] = [];
  for (const entry of entries) {
    if (!isGoObject(entry)) return refused('type not found');
    const type = entry.get('type');
    if (typeof type !== 'string') return refused('type not found');
    const plugin = new Map(entry);
    plugin.delete('cniVersion');
    plugin.delete('name');
    if (type === CILIUM) {
      progress.needsCilium = true;
      plugin.set('datapath', progress.datapath);
    } else if (type === 'terway') {
      const objection = mergeTerway(plugin, state, progress);
      if (objection !== undefined) return refused(objection);
    }
    plugins.push(plugin);
  }
  const hasCilium = plugins.some((plugin) => plugin.get('type') === CILIUM);
  return fileOf([
    ...plugins,
    ...(progress.needsCilium && !hasCilium ? [ciliumFor(progress.datapath)] : []),
  ]);
}

const CILIUM = 'cilium-cni';

/** Fills in a terway entry; returns why Terway refuses it, if it does. */
function mergeTerway(
  plugin: Map<string, GoValue>,
  state: NodeState,
  progress: Progress,
): string | undefined {
  const provider = plugin.get('network_policy_provider');
  if (provider !== undefined && typeof provider !== 'string') {
    return 'network_policy_provider type error';
  }
  progress.provider = provider ?? progress.provider;
  const asked = datapathFor(plugin.get('eniip_virtual_type'), progress.provider, state);
  progress.datapath = asked ?? progress.datapath;
  if (progress.datapath === '') return 'invalid datapath';
  const isVeth = progress.datapath === 'veth';
  // On veth only a node that has had a cilium-agent keeps it in the chain.
  progress.needsCilium = !isVeth || state.node === 'datapathv2';
  progress.hasEdt &&= !isVeth;
  plugin.set('eniip_virtual_type', progress.datapath);
  plugin.set('bandwidth_mode', progress.hasEdt ? 'edt' : 'tc');
  if (state.isAutoMtuRead && typeof plugin.get('auto_mtu') === 'boolean') {
    plugin.delete('auto_mtu');
  }
  return undefined;
}

/** The datapath that a terway entry asks for; undefined for a word that Terway does not know. */
function datapathFor(
  type: GoValue | undefined,
  provider: string,
  { node, isPolicyEnabled }: NodeState,
): string | undefined {
  const asked = typeof type === 'string' ? type.toLowerCase() : 'veth';
  if (asked === 'datapathv2' || asked === 'ipvlan') return 'datapathv2';
  if (asked !== 'veth' && asked !== '') return undefined;
  if (provider !== 'ebpf') return 'veth';
  const isNew = node === 'new' || node === 'exclusive-eni';
  const mayUseEbpf = isNew ? isPolicyEnabled : node === 'datapathv2';
  return mayUseEbpf ? 'datapathv2' : 'veth';
}

const ciliumFor = (datapath: string): GoObject =>
  new Map<string, GoValue>([
    ['type', CILIUM],
    ['enable-debug', false],
    ['log-file', '/var/run/cilium/cilium-cni.log'],
    ['data-path', datapath],
  ]);

/** The constant that terway-cli writes on nodes in exclusive-ENI mode. */
const EXCLUSIVE_ENI: readonly GoObject[] = [
  new Map<string, GoValue>([
    ['capabilities', new Map([['bandwidth', true]])],
    ['host_stack_cidrs', ['169.254.20.10/32']],
    ['type', 'terway'],
  ]),
];

function fileOf(plugins: readonly GoObject[]): NodeFile {
  const list = new Map<string, GoValue>([
    ['cniVersion', '0.4.0'],
    ['name', 'terway-chainer'],
    ...(plugins.length === 0 ? [] : [['plugins', plugins] as const]),
  ]);
  return { kind: 'file', text: goText(list), plugins };
}

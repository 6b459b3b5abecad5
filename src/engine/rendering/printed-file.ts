import type { ConfigMap } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { createDocumentReader } from '../json/document-reader.ts';
import { type FileChange, pluginChanges } from './differences.ts';
import { type GoObject, goValueOf, isGoArray, isGoObject } from './go-value.ts';
import { type NodeKind, renderNodeFile } from './node-file.ts';

/** The file that Terway's init container wrote, as it stands in that container's log. */
export interface PrintedFile {
  readonly plugins: readonly GoObject[];
  /** What terway's entry says; undefined where there is none. */
  readonly datapath: string | undefined;
}

/**
 * Finds the file in the log of an init container: the last JSON document that is a chain of Terway's.
 * Everything else in the log is left alone, as the lines before hold values of eni_conf. Undefined
 * where there is no such document. Source: hack/init.sh of Terway, which prints the file with cat, so
 * that what comes next follows its last brace on the same line.
 */
export function findPrintedFile(log: string): PrintedFile | undefined {
  const lines = log.replaceAll('\r\n', '\n');
  for (
    let start = startBefore(lines, lines.length);
    start !== -1;
    start = startBefore(lines, start)
  ) {
    const end = lines.indexOf('\n}', start);
    const printed = end === -1 ? undefined : chainIn(lines.slice(start, end + 2));
    if (printed) return printed;
  }
  return undefined;
}

/** Where the last line that is an opening brace begins, before `end`; -1: there is none. */
function startBefore(lines: string, end: number): number {
  if (end === 0) return -1;
  const at = lines.lastIndexOf('\n{\n', end - 2);
  if (at !== -1) return at + 1;
  return lines.startsWith('{\n') ? 0 : -1;
}

function chainIn(text: string): PrintedFile | undefined {
  const { root, problems } = createDocumentReader()(text);
  const value = root && problems.length === 0 ? goValueOf(root) : undefined;
  if (!isGoObject(value) || value.get('name') !== 'terway-chainer') return undefined;
  const plugins = value.get('plugins') ?? [];
  if (!isGoArray(plugins) || !plugins.every(isGoObject)) return undefined;
  const written = plugins.find(isOf('terway'))?.get('eniip_virtual_type');
  return { plugins, datapath: typeof written === 'string' ? written.toLowerCase() : undefined };
}

const isOf = (type: string) => (plugin: GoObject) => plugin.get('type') === type;

/**
 * How the file of a node differs from what an object gives it: from `object` to `printed`, empty where
 * it is the same; a word where the object gives no file. Datapath, bandwidth mode and MTU of terway's
 * entry and a cilium-cni that Terway appends are the node's own. Pure and total.
 */
export function differencesFrom(
  object: ConfigMap,
  { plugins, datapath }: PrintedFile,
  options: { readonly facts: Facts; readonly isExclusive: boolean },
): readonly FileChange[] | 'no file' {
  const kind: NodeKind = options.isExclusive
    ? 'exclusive-eni'
    : datapath === 'datapathv2'
      ? 'datapathv2'
      : 'veth';
  const rendered = renderNodeFile(object, kind, { facts: options.facts });
  if (rendered.kind !== 'file') return 'no file';
  const isAppended = (list: readonly GoObject[], other: readonly GoObject[]) =>
    list.at(-1)?.get('type') === CILIUM && !other.some(isOf(CILIUM));
  const own = (list: readonly GoObject[], other: readonly GoObject[]) =>
    (isAppended(list, other) ? list.slice(0, -1) : list).map(withoutOwn);
  return pluginChanges(own(rendered.plugins, plugins), own(plugins, rendered.plugins));
}

const CILIUM = 'cilium-cni';

/** The members that Terway sets by what it finds on the node. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  terway: ['eniip_virtual_type', 'bandwidth_mode', 'mtu', 'auto_mtu'],
  [CILIUM]: ['datapath', 'data-path'],
};

function withoutOwn(plugin: GoObject): GoObject {
  const type = plugin.get('type');
  const own = (typeof type === 'string' && Object.hasOwn(OWN, type) ? OWN[type] : undefined) ?? [];
  return new Map([...plugin].filter(([name]) => !own.includes(name)));
}

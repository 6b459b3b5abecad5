import { type ConfigMap, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { createDocumentReader } from '../json/document-reader.ts';
import { POLICY_KEY } from '../reading/datapath.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import { type FileChange, pluginChanges } from './differences.ts';
import { goValueOf, isGoObject, isSameValue } from './go-value.ts';
import { type NodeFile, type NodeKind, type RenderOptions, renderNodeFile } from './node-file.ts';

/** What nodes get of an eni-config, and what a change of it makes of that. */

export interface Rendering {
  /** The nodes that the facts are about: those that run one datapath, otherwise new ones. */
  readonly shown: NodeKind;
  readonly files: Readonly<Record<NodeKind, NodeFile>>;
  /** What another object is compared with; absent without one. */
  readonly change?: RenderedChange;
}

export interface RenderedChange {
  /** What the shown nodes get so far. */
  readonly before: NodeFile;
  /** Between two files; empty where there is only one, or none. */
  readonly plugins: readonly FileChange[];
  readonly keys: readonly KeyChange[];
}

/** A change beside the file; values of eni_conf are secrets, so only names are told. */
export type KeyChange =
  | {
      readonly key: typeof ENI_CONF_KEY;
      readonly members: readonly MemberChange[];
      /** Whether it is also read from the API, at once. */
      readonly isReadAtOnce: boolean;
    }
  | {
      readonly key: (typeof SWITCHES)[number];
      readonly before: string | undefined;
      readonly now: string | undefined;
    };

export interface MemberChange {
  readonly name: string;
  readonly how: 'added' | 'removed' | 'changed';
}

/** The keys beside the chain and eni_conf that Terway's containers read. */
export const SWITCHES = [POLICY_KEY, 'in_cluster_loadbalance'] as const;

const NODE_KINDS = ['new', 'veth', 'datapathv2', 'exclusive-eni'] as const;

/** Renders an object for every kind of node and compares it with `old`. Pure and total. */
export function renderObject(
  object: ConfigMap,
  old: ConfigMap | undefined,
  options: RenderOptions,
): Rendering {
  const shown = shownNodes(options.facts);
  const files = Object.fromEntries(
    NODE_KINDS.map((node) => [node, renderNodeFile(object, node, options)]),
  ) as Record<NodeKind, NodeFile>;
  if (!old) return { shown, files };
  const before = renderNodeFile(old, shown, options);
  const now = files[shown];
  const isComparable = before.kind === 'file' && now.kind === 'file';
  return {
    shown,
    files,
    change: {
      before,
      plugins: isComparable ? pluginChanges(before.plugins, now.plugins) : [],
      keys: [...eniConfChange(old, object), ...switchChanges(old, object)],
    },
  };
}

function shownNodes({ datapath }: Facts): NodeKind {
  return datapath === undefined || datapath.value === 'mixed' ? 'new' : datapath.value;
}

function eniConfChange(old: ConfigMap, object: ConfigMap): KeyChange[] {
  const [before, now] = [old.data.get(ENI_CONF_KEY), object.data.get(ENI_CONF_KEY)];
  if (before === now || now === undefined) return [];
  const read = createDocumentReader();
  const { root } = read(now);
  const former = before === undefined ? undefined : read(before).root;
  const [left, right] = [former && goValueOf(former), root && goValueOf(root)];
  const isReadAtOnce = root !== undefined && hasCentralIpam(root);
  if (!isGoObject(left) || !isGoObject(right)) {
    return [{ key: ENI_CONF_KEY, members: [], isReadAtOnce }];
  }
  const members = [...new Set([...left.keys(), ...right.keys()])].flatMap(
    (name): MemberChange[] => {
      if (isSameValue(left.get(name), right.get(name))) return [];
      if (!left.has(name)) return [{ name, how: 'added' }];
      return [{ name, how: right.has(name) ? 'changed' : 'removed' }];
    },
  );
  return members.length === 0 ? [] : [{ key: ENI_CONF_KEY, members, isReadAtOnce }];
}

function switchChanges(old: ConfigMap, object: ConfigMap): KeyChange[] {
  return SWITCHES.flatMap((key) => {
    const [before, now] = [old.data.get(key), object.data.get(key)];
    return before === now ? [] : [{ key, before, now }];
  });
}

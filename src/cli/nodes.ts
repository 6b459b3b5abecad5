import { CHAIN_STATES, type ChainState, isAllCurrent } from '../engine/core/node-chains.ts';
import { printable, quoted } from '../engine/text/text.ts';
import { ApiError, type Connection, NO_CREDENTIALS, connect } from '../kube/api.ts';
import { summaryOf } from '../rollout/nodes/attention.ts';
import {
  type ClusterNode,
  type ClusterNodes,
  readClusterNodes,
} from '../rollout/nodes/cluster-nodes.ts';
import { type ClusterReport, asJson } from '../rollout/nodes/nodes-json.ts';
import { asText } from '../rollout/nodes/nodes-text.ts';
import { verifyNodes } from '../rollout/nodes/verify.ts';
import { ownNamespace } from './compose/facts.ts';
import { defineCommand } from './frame/command.ts';
import { failureText } from './frame/failure-text.ts';
import { KUBECONFIG, OUTPUT } from './frame/flags.ts';
import { useLittleMemory } from './frame/little-memory.ts';
import { note, print } from './frame/print.ts';
import { progressBar, showProgress } from './frame/progress.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    operands: '[NODE...]',
    details:
      'Tells of every node, or of those named, whether it runs the chain that is stored today (current),\n' +
      "one that was stored before (former), or whether that is unsure or unknown: a node's chain is what\n" +
      'was stored when the init container of its Terway pod last ran. What needs attention comes first.',
    flags: {
      state: {
        value: 'STATE',
        values: CHAIN_STATES,
        repeated: true,
        about: 'only nodes in this state',
      },
      selector: { value: 'LABELS', about: 'only nodes with these labels, as kubectl takes them' },
      verify: {
        about: "compare what Terway's init container printed on each node (needs get of pods/log)",
      },
      kubeconfig: KUBECONFIG.kubeconfig,
      context: { ...KUBECONFIG.context, repeated: true },
      namespace: { value: 'NAME', about: "where the node probe's pods are (default kube-system)" },
      ...OUTPUT,
    },
    examples: [
      'nodes',
      'nodes --state former --state unknown --verify',
      'nodes --context a --context b',
    ],
    statuses:
      '0 every node runs the current chain, 1 one may run another, 2 a cluster does not tell',
  },
  async ({ operands, flags }) => {
    useLittleMemory();
    const { kubeconfig, context, output = 'text' } = flags;
    const contexts = context.length === 0 ? [undefined] : [...new Set(context)];
    const reports: ClusterReport[] = [];
    for (const name of contexts) {
      reports.push(await reportOf({ kubeconfig, context: name }, { ...flags, names: operands }));
    }
    for (const part of (output === 'json' ? asJson : asText)(reports)) await print(part);
    return Math.max(...reports.map(statusOf));
  },
);

interface NodesOptions {
  readonly names: readonly string[];
  readonly state: readonly ChainState[];
  readonly selector: string | undefined;
  readonly verify: boolean;
  readonly namespace: string | undefined;
}

/** Reads one cluster. Rejects with UsageError where it is the only one and does not tell. */
async function reportOf(connection: Connection, options: NodesOptions): Promise<ClusterReport> {
  const { context } = connection;
  try {
    const cluster = await read(connection, options);
    const shown = chosen(cluster, options);
    return { context, cluster, shown };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const failure =
      error.reason === NO_CREDENTIALS
        ? `${error.message}; name one with --kubeconfig`
        : `can't read what nodes run: ${failureText(error, 'docs/nodes.md')}`;
    if (context === undefined) throw new UsageError(failure);
    note(`context ${printable(context)}: ${failure}`);
    return { context, failure };
  }
}

/** Reads what nodes run, with the way so far on a terminal. */
async function read(connection: Connection, options: NodesOptions): Promise<ClusterNodes> {
  const api = connect(connection);
  const { namespace = ownNamespace(), selector: labelSelector } = options;
  const come = { nodes: 0, pods: 0, verified: 0, toVerify: 0 };
  const of = connection.context === undefined ? '' : `${printable(connection.context)}: `;
  const done = showProgress(() =>
    come.toVerify === 0
      ? `${of}${come.nodes} nodes and ${come.pods} Terway pods read`
      : `${of}${progressBar(come.verified, come.toVerify)} of ${come.toVerify} nodes verified`,
  );
  try {
    const cluster = await readClusterNodes(api, {
      labelSelector,
      probeNamespace: namespace,
      seen: (kind, objects) => (come[kind] += objects),
    });
    if (!options.verify) return cluster;
    const asked = { ...cluster, nodes: named(cluster, options.names) };
    come.toVerify = asked.nodes.filter(({ chain }) => chain.state !== 'ignored').length;
    const nodes = await verifyNodes(api, asked, () => (come.verified += 1));
    return { ...cluster, nodes };
  } finally {
    done();
  }
}

/** The nodes with these names, all of them without any. Throws UsageError for one that is not there. */
function named({ nodes }: ClusterNodes, names: readonly string[]): readonly ClusterNode[] {
  if (names.length === 0) return nodes;
  const wanted = new Set(names);
  const found = nodes.filter(({ name }) => wanted.delete(name));
  const [missing] = wanted;
  if (missing !== undefined) throw new UsageError(`there is no node ${quoted(missing)}`);
  return found;
}

function chosen(cluster: ClusterNodes, { names, state }: NodesOptions): readonly ClusterNode[] {
  const nodes = named(cluster, names);
  return state.length === 0 ? nodes : nodes.filter(({ chain }) => state.includes(chain.state));
}

function statusOf(report: ClusterReport): 0 | 1 | 2 {
  if ('failure' in report) return 2;
  return isAllCurrent(summaryOf(report.shown, report.cluster.past)) ? 0 : 1;
}

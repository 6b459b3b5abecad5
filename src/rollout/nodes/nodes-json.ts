import { printable } from '../../engine/text/text.ts';
import { byAttention, summaryOf } from './attention.ts';
import { currentSince } from './chain-periods.ts';
import type { ClusterNode, ClusterNodes } from './cluster-nodes.ts';
import { type PluginVersions, datapaths, pluginVersions } from './node-details.ts';
import type { Verification } from './verification.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const NODES_SCHEMA = 1;

/** What was learnt of one cluster, or why nothing was. */
export type ClusterReport = { readonly context: string | undefined } & (
  | {
      readonly cluster: ClusterNodes;
      /** Those of its nodes that are asked for. */
      readonly shown: readonly ClusterNode[];
    }
  | { readonly failure: string }
);

/** The reports as one JSON object, in parts, as it may be long: a node a line. */
export function* asJson(reports: readonly ClusterReport[]): Generator<string> {
  yield `{"schema": ${NODES_SCHEMA}, "clusters": [\n`;
  for (const [index, report] of reports.entries()) {
    if (index > 0) yield ',\n';
    yield* clusterJson(report);
  }
  yield '\n]}\n';
}

function* clusterJson(report: ClusterReport): Generator<string> {
  const context = report.context === undefined ? {} : { context: printable(report.context) };
  if ('failure' in report) {
    yield JSON.stringify({ ...context, failure: report.failure });
    return;
  }
  const { cluster, shown } = report;
  const { past, daemonSet, unknown } = cluster;
  const since = currentSince(past);
  const revision = past.periods.at(-1)?.revision;
  const head = {
    ...context,
    ...(daemonSet && { terwayDaemonSet: daemonSet.name }),
    chain: {
      knownBy: past.origin,
      ...(since !== undefined && { currentSince: timestamp(since) }),
      ...(revision !== undefined && { revision }),
    },
    counts: summaryOf(shown, past).counts,
    unknown,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"nodes":[`;
  const fieldsOf = nodeFields(cluster);
  let separator = '\n';
  for (const node of shown.toSorted(byAttention)) {
    yield `${separator}${JSON.stringify(fieldsOf(node))}`;
    separator = ',\n';
  }
  yield '\n]}';
}

function nodeFields(cluster: ClusterNodes): (node: ClusterNode) => object {
  const datapathOf = datapaths(cluster);
  const pluginsOf = pluginVersions();
  return (node) => {
    const { name, mode, overlay, chain, pod, verification } = node;
    const datapath = datapathOf(node);
    const plugins = pluginsOf(node);
    return {
      name,
      mode,
      chain: chain.state,
      ...(chain.why !== undefined && { why: chain.why }),
      ...(chain.period?.revision !== undefined && { revision: chain.period.revision }),
      ...(pod && {
        pod: {
          name: pod.name,
          ready: pod.isReady,
          ...(pod.version && { terway: pod.version.normal }),
          ...(pod.init && { initEndedAt: timestamp(pod.init.endedAt) }),
        },
      }),
      ...(datapath && { datapath: datapath.datapath, datapathBecause: datapath.origin }),
      ...(plugins && { plugins: pluginFields(plugins) }),
      ...(overlay !== undefined && { overlay }),
      ...(verification && { verification: verificationFields(verification) }),
    };
  };
}

const pluginFields = (plugins: PluginVersions) =>
  Object.entries(plugins).map(([name, version]) => ({
    name,
    ...(version !== null && { version }),
  }));

function verificationFields(verification: Verification): object {
  const { outcome } = verification;
  return {
    outcome,
    ...(outcome !== 'unseen' &&
      verification.datapath !== undefined && { datapath: printable(verification.datapath) }),
    ...(outcome === 'other' && { differences: verification.differences }),
    ...(outcome === 'unseen' && { why: verification.why }),
  };
}

const timestamp = (ms: number) => new Date(ms).toISOString();

import { type Row, aligned, widthsOf } from '../../engine/text/columns.ts';
import { count, listed, printable } from '../../engine/text/text.ts';
import { inSeconds } from '../../engine/text/timestamp.ts';
import { CHAIN_STATES, isAllCurrent } from '../../engine/core/node-chains.ts';
import { byAttention, summaryOf } from './attention.ts';
import { type ChainPast, currentSince } from './chain-periods.ts';
import type { ClusterNode, ClusterNodes } from './cluster-nodes.ts';
import { type PluginVersions, datapaths, pluginVersions } from './node-details.ts';
import type { ClusterReport } from './nodes-json.ts';

/** The nodes of clusters as tables for a person, in parts, as they may be long. */

const HEADINGS = ['NODE', 'CHAIN', 'TERWAY', 'READ AT', 'POD', 'DATAPATH', 'PLUGINS', 'REMARK'];

const ROWS_A_PART = 500;

export function* asText(reports: readonly ClusterReport[]): Generator<string> {
  for (const [index, report] of reports.entries()) {
    if (reports.length > 1) {
      yield `${index > 0 ? '\n' : ''}context ${printable(report.context ?? '')}:\n`;
    }
    if ('failure' in report) yield `${report.failure}\n`;
    else yield* clusterText(report.cluster, report.shown);
  }
}

function* clusterText(cluster: ClusterNodes, shown: readonly ClusterNode[]): Generator<string> {
  const nodes = shown.toSorted(byAttention);
  if (nodes.length > 0) yield* tableParts(nodes, rows(cluster));
  yield `${[...summary(cluster, shown)].join('\n')}\n`;
}

/** Each row is made twice, for its widths and for its line, as thousands of them take much memory. */
function* tableParts(
  nodes: readonly ClusterNode[],
  rowOf: (node: ClusterNode) => Row,
): Generator<string> {
  function* table() {
    yield HEADINGS;
    for (const node of nodes) yield rowOf(node);
  }
  const widths = widthsOf(table());
  yield `${aligned(HEADINGS, widths)}\n`;
  for (let start = 0; start < nodes.length; start += ROWS_A_PART) {
    const part = nodes.slice(start, start + ROWS_A_PART);
    yield `${part.map((node) => aligned(rowOf(node), widths)).join('\n')}\n`;
  }
}

function rows(cluster: ClusterNodes): (node: ClusterNode) => Row {
  const datapathOf = datapaths(cluster);
  const pluginsOf = pluginVersions();
  return (node) => {
    const { name, mode, chain, pod, verification } = node;
    const seen = verification?.outcome === 'unseen' ? undefined : verification?.datapath;
    return [
      printable(name),
      chain.state,
      pod?.version?.normal ?? '-',
      pod?.init ? inSeconds(pod.init.endedAt) : '-',
      pod ? `${printable(pod.name)}${pod.isReady ? '' : ' (not ready)'}` : '-',
      printable(seen ?? datapathOf(node)?.datapath ?? (mode === 'chain' ? 'unknown' : mode)),
      versionsText(pluginsOf(node)),
      remarks(node).join('; '),
    ];
  };
}

/** One version where all plugins have the same, else each version with its plugins. */
function versionsText(plugins: PluginVersions | undefined): string {
  if (!plugins) return '-';
  const names = new Map<string, string[]>();
  for (const [name, version] of Object.entries(plugins)) {
    // Terway's own programs tell no version, and are released with Terway.
    if (version === null) continue;
    const number = version.replace(/^v/, '');
    names.set(number, [...(names.get(number) ?? []), name]);
  }
  if (names.size < 2) return [...names.keys()][0] ?? '-';
  return [...names]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([version, of], index) => (index === 0 ? version : `${version} (${of.join(', ')})`))
    .join(', ');
}

function remarks({ chain, overlay, verification }: ClusterNode): string[] {
  const { revision } = chain.period ?? {};
  return [
    ...(chain.why === undefined ? [] : [chain.why]),
    ...(chain.state === 'former' && revision !== undefined ? [`revision ${revision}`] : []),
    ...(overlay === undefined ? [] : [`overlay ${printable(overlay)}`]),
    ...(verification?.outcome === 'same' ? ['seen in its log'] : []),
    ...(verification?.outcome === 'other' ? verification.differences : []),
    ...(verification?.outcome === 'unseen' ? [`not verified: ${verification.why}`] : []),
  ];
}

function* summary(cluster: ClusterNodes, shown: readonly ClusterNode[]): Generator<string> {
  const { past, unknown, daemonSet } = cluster;
  const chains = summaryOf(shown, past);
  const { counts } = chains;
  const parts = CHAIN_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${counts[state]} ${state}`,
  );
  if (shown.length > 0) yield '';
  yield `${count(shown.length, 'node')}${parts.length === 0 ? '' : `: ${listed(parts, 'and')}`}`;
  yield sinceText(past);
  for (const line of unknown) yield `not known: ${line}`;
  if (!isAllCurrent(chains) && daemonSet) {
    yield 'Nodes get the chain that is stored when Terway restarts there: eni-config-guard rollout';
  }
}

function sinceText(past: ChainPast): string {
  const since = currentSince(past);
  const at = since === undefined ? '' : inSeconds(since);
  switch (past.origin) {
    case 'history':
      return `The current chain is stored since ${at} (history).`;
    case 'managed-fields':
      return `eni-config was last written at ${at} (managedFields); without a history nothing is known of what it held before.`;
    case 'nothing':
      return 'When eni-config was last changed is not known: it has no managedFields, and there is no history.';
  }
}

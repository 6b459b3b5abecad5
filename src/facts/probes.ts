import { type ProbeReport, factsOfProbes } from './probe-facts.ts';
import { count } from '../engine/text/text.ts';
import {
  type ProbePod,
  type ProbeReader,
  type SeenProbe,
  probeList,
  probeReader,
  recognizer,
} from './probe-pods.ts';
import { PROBE_DAEMON_SET } from './probe-specs.ts';
import { listing, readEvery } from './lists.ts';
import { type ProbeResult, decodeProbeResult } from '../probe/result.ts';
import { Health, type Source, type SourceOptions } from './source.ts';

/** Nodes of one image answer the same text; a cluster has a few images. Others count as unread. */
const MAX_DISTINCT_RESULTS = 200;

/**
 * A node that runs pods has plugins: where the probe saw none, it was given another directory than
 * the runtime's, and says nothing about what is missing there.
 */
const credible = (result: ProbeResult | undefined) =>
  result && result.binaries.size > 0 ? result : undefined;

/** What the pods with the labels of the probe come to. */
export interface ProbeCensus {
  /** By node. */
  readonly reports: ReadonlyMap<string, ProbeReport>;
  /** Pods that bear the labels and do something else. */
  readonly strangers: number;
}

/** What counts of a node's pods. */
interface Finished {
  readonly at: number;
  readonly text: string | undefined;
}

/**
 * Reduces pods as their pages come: the newest finished probe of each node, and what it found. A
 * node whose probe has not finished has a report without a result. Pods count only with one of the
 * specs of the probe, and none finished after `now`, in milliseconds since 1970.
 */
export async function collectReports(
  pages: AsyncIterable<readonly SeenProbe[]>,
  reader: ProbeReader,
  now: number,
): Promise<ProbeCensus> {
  const finished = new Map<string, Finished>();
  const recognize = recognizer(reader);
  let strangers = 0;
  for await (const page of pages) {
    for (const listed of page) {
      const found = await recognize(listed);
      if (!found) continue;
      const { node, pod, isProbe } = found;
      if (!isProbe) {
        strangers += 1;
        continue;
      }
      const at = Math.min(pod.finishedAt, now);
      if ((finished.get(node)?.at ?? at) > at) continue;
      finished.set(node, { at, text: pod.text });
    }
  }
  return { reports: withResults(finished), strangers };
}

/** The results of most nodes are read first, so that a few nodes can't crowd out the others. */
function withResults(finished: ReadonlyMap<string, Finished>): ReadonlyMap<string, ProbeReport> {
  const nodes = new Map<string, number>();
  for (const { text } of finished.values()) {
    if (text !== undefined) nodes.set(text, (nodes.get(text) ?? 0) + 1);
  }
  const read = [...nodes].sort(([, a], [, b]) => b - a).slice(0, MAX_DISTINCT_RESULTS);
  const results = new Map(read.map(([text]) => [text, credible(decodeProbeResult(text))]));
  return new Map(
    [...finished].map(([node, { at, text }]) => [
      node,
      { finishedAt: at, result: text === undefined ? undefined : results.get(text) },
    ]),
  );
}

/**
 * What the node probe found. `inChain` gives the nodes that count, undefined while they are not
 * known: then those with a pod of the probe do.
 */
export function probesSource(
  options: SourceOptions,
  inChain: () => ReadonlySet<string> | undefined,
): Source {
  const { api, log, namespace, now, refreshMs } = options;
  const list = () => probeList(namespace);
  const health = new Health('node-probe', [list().path], log);
  const probes = listing<ProbePod, SeenProbe, ProbeCensus>(health, list, options, async (pages) =>
    collectReports(pages, probeReader(api, namespace), now()),
  );
  // Other sources change all the time; thousands of reports are not gone through again for them.
  const judge = remembered(factsOfProbes);
  return {
    read: () => probes.read(),
    follow: (signal) => readEvery(refreshMs, probes.read, signal),
    learnt() {
      const known = probes.known();
      if (!known) return undefined;
      const { reports, strangers } = known.value;
      const facts = judge(reports, inChain());
      const gaps = [
        ...(facts ? [] : ['no node has a readable result of the node probe']),
        ...(strangers === 0 ? [] : [strangersInWords(strangers, namespace)]),
      ];
      const learnt = facts ? { ...facts, probeNamespace: namespace } : {};
      return { facts: learnt, gaps, confirmedAt: known.at };
    },
    status: () => health.status(),
    answered: health.answered,
  };
}

const strangersInWords = (strangers: number, namespace: string) =>
  `${count(strangers, 'pod')} with the labels of the node probe ` +
  `${strangers === 1 ? 'differs' : 'differ'} from DaemonSet ${namespace}/${PROBE_DAEMON_SET}, ` +
  'so what such pods tell does not count';

/** `compute`, which gives its last result again for the very same arguments. */
function remembered<A, B, R>(compute: (a: A, b: B) => R): (a: A, b: B) => R {
  let last: { readonly a: A; readonly b: B; readonly result: R } | undefined;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, result: compute(a, b) };
    return last.result;
  };
}

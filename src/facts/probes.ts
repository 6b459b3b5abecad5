import { type ProbeReport, UNFINISHED, factsOfProbes } from './probe-facts.ts';
import { listing, readEvery } from './lists.ts';
import { type ProbeResult, decodeProbeResult } from '../probe/result.ts';
import { Health, type Source, type SourceOptions } from './source.ts';

/** A probe pod as the API server has it, as far as it is looked at. */
export interface ProbePod {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly initContainerStatuses?: readonly {
      readonly name: string;
      readonly state?: {
        readonly terminated?: {
          readonly exitCode: number;
          readonly finishedAt?: string;
          readonly message?: string;
        };
      };
    }[];
  };
}

const LABELS = 'app.kubernetes.io/name=eni-config-guard,app.kubernetes.io/component=node-probe';
const CONTAINER = 'probe';
/** Nodes of one image answer the same text; a cluster has a few images. Others count as unread. */
const MAX_DISTINCT_RESULTS = 200;

/**
 * A node that runs pods has plugins: where the probe saw none, it was given another directory than
 * the runtime's, and says nothing about what is missing there.
 */
const credible = (result: ProbeResult | undefined) =>
  result && result.binaries.size > 0 ? result : undefined;

/**
 * Reduces pods as their pages come: the newest finished probe of each node, and what it found. A
 * node whose probe has not finished has a report without a result.
 */
export async function collectReports(
  pages: AsyncIterable<readonly ProbePod[]>,
): Promise<ReadonlyMap<string, ProbeReport>> {
  const reports = new Map<string, ProbeReport>();
  const results = new Map<string, ProbeResult | undefined>();
  const resultOf = (text: string) => {
    if (!results.has(text) && results.size < MAX_DISTINCT_RESULTS) {
      results.set(text, credible(decodeProbeResult(text)));
    }
    return results.get(text);
  };
  for await (const page of pages) {
    for (const { spec, status } of page) {
      const node = spec?.nodeName;
      const container = status?.initContainerStatuses?.find(({ name }) => name === CONTAINER);
      const { exitCode, finishedAt = '', message = '' } = container?.state?.terminated ?? {};
      if (node === undefined) continue;
      const at = Date.parse(finishedAt) || UNFINISHED;
      if ((reports.get(node)?.finishedAt ?? UNFINISHED) > at) continue;
      reports.set(node, {
        finishedAt: at,
        result: exitCode === 0 && at > UNFINISHED ? resultOf(message) : undefined,
      });
    }
  }
  return reports;
}

/**
 * What the node probe found. `inChain` gives the nodes that count, undefined while they are not
 * known: then those with a pod of the probe do.
 */
export function probesSource(
  options: SourceOptions,
  inChain: () => ReadonlySet<string> | undefined,
): Source {
  const { log, namespace, refreshMs } = options;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const health = new Health('node-probe', [path], log);
  const probes = listing(health, { path, labelSelector: LABELS }, options, collectReports);
  // Other sources change all the time; thousands of reports are not gone through again for them.
  const judge = remembered(factsOfProbes);
  return {
    read: () => probes.read(),
    follow: (signal) => readEvery(refreshMs, probes.read, signal),
    learnt() {
      const known = probes.known();
      if (!known) return undefined;
      const facts = judge(known.value, inChain());
      const gaps = facts ? [] : ['no node has a readable result of the node probe'];
      const learnt = facts ? { ...facts, probeNamespace: namespace } : {};
      return { facts: learnt, gaps, confirmedAt: known.at };
    },
    status: () => health.status(),
    answered: health.answered,
  };
}

/** `compute`, which gives its last result again for the very same arguments. */
function remembered<A, B, R>(compute: (a: A, b: B) => R): (a: A, b: B) => R {
  let last: { readonly a: A; readonly b: B; readonly result: R } | undefined;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, result: compute(a, b) };
    return last.result;
  };
}

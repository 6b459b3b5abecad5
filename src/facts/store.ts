import type { Logger } from '../log.ts';
import { type Facts, NO_FACTS } from '../engine/core/facts.ts';
import type { ApiError, ApiServer } from '../kube/api.ts';
import { kubeProxySource } from './kube-proxy.ts';
import type { ListedNode } from './listed-node.ts';
import type { Known } from './lists.ts';
import { nodesSource } from './nodes.ts';
import { overlay } from './overlay.ts';
import { probesSource } from './probes.ts';
import type { Source, SourceStatus, SourceOptions } from './source.ts';
import { terwaySource } from './terway.ts';
import type { PodsByNode } from './terway-pods.ts';

export type { SourceStatus } from './source.ts';

export interface FactsOptions {
  readonly api: ApiServer;
  readonly log: Logger;
  /** The guard's own namespace, where its probe pods are. */
  readonly namespace: string;
  /** What the configuration says; it overrides what is learnt. */
  readonly configured: Facts;
  readonly refreshSeconds: number;
  readonly staleAfterSeconds: number;
  /** Milliseconds since 1970; the clock unless a test has one. */
  readonly now?: () => number;
}

/** What is known of the cluster, at any moment. */
export interface KnownFacts {
  /** Without waiting and without I/O: what was learnt last and is not stale, as of now. */
  facts(): Facts;
  status(): readonly SourceStatus[];
  /** What was looked at and told nothing; one printable line each. */
  gaps(): readonly string[];
}

/** Nodes and Terway's pods, as they were listed last for the facts. */
export interface NodeLists {
  readonly nodes: Known<readonly ListedNode[]> | undefined;
  /** Undefined once they are let go: thousands of pods are not kept for what is counted once. */
  readonly pods: Known<PodsByNode> | undefined;
  readonly letGoOfPods: () => void;
  readonly hasTerway: boolean;
  /** Why one of them can't be listed at present. */
  readonly error: ApiError | undefined;
}

export interface FactsStore extends KnownFacts {
  readonly lists: () => NodeLists;
  /** Resolves when every source has answered or failed once. */
  readonly answered: Promise<unknown>;
  stop(): void;
}

/**
 * Learns facts and keeps them current until `stop()`. Whatever the API server does, the last facts
 * stay in use until they are stale, and learning goes on by itself.
 */
export function followFacts(options: FactsOptions): FactsStore {
  const { sources, known, lists } = createKnowledge(options);
  const stopped = new AbortController();
  for (const source of sources) void source.follow(stopped.signal);
  return {
    ...known,
    lists,
    answered: Promise.all(sources.map(({ answered }) => answered)),
    stop: () => stopped.abort(),
  };
}

/** What was learnt once, and what was listed for it. */
export interface ReadFacts extends KnownFacts {
  /** Terway's pods only in the midst of a rollout of its DaemonSet. */
  readonly listed: Listed;
}

/** Lists that need not be asked for again; undefined: not asked for, or not answered. */
export interface Listed {
  readonly nodes?: readonly ListedNode[] | undefined;
  /** Terway's. */
  readonly pods?: PodsByNode | undefined;
}

/** Learns facts once; resolves when every source has answered or failed. */
export async function readFacts(options: FactsOptions): Promise<ReadFacts> {
  const { sources, known, lists } = createKnowledge(options);
  await Promise.all(sources.map((source) => source.read()));
  const { nodes, pods } = lists();
  return { ...known, listed: { nodes: nodes?.value, pods: pods?.value } };
}

/** The facts put together from all sources, and until when nothing of them is stale. */
interface Snapshot {
  readonly facts: Facts;
  readonly goodUntil: number;
}

interface Knowledge {
  readonly sources: readonly Source[];
  readonly known: KnownFacts;
  readonly lists: () => NodeLists;
}

function createKnowledge(options: FactsOptions): Knowledge {
  const { api, log, namespace, configured, now = Date.now } = options;
  const staleAfterMs = options.staleAfterSeconds * 1000;
  const sourceOptions: SourceOptions = {
    api,
    log,
    namespace,
    refreshMs: options.refreshSeconds * 1000,
    staleAfterMs,
    now,
    changed: () => (snapshot = compose(now())),
  };
  const nodes = nodesSource(sourceOptions);
  const terway = terwaySource(sourceOptions);
  // What the probe has seen comes after, and so replaces, what the kubelet lets one guess.
  const sources = [
    terway,
    kubeProxySource(sourceOptions),
    nodes,
    probesSource(sourceOptions, () => nodes.inChain()),
  ];
  const fresh = (at: number) =>
    sources
      .map((source) => source.learnt())
      .filter((learnt) => learnt !== undefined)
      .filter(({ confirmedAt }) => at - confirmedAt < staleAfterMs);
  const compose = (at: number): Snapshot => {
    const learnt = fresh(at);
    const facts = learnt.reduce<Facts>((all, part) => ({ ...all, ...part.facts }), NO_FACTS);
    const goodUntil = Math.min(...learnt.map(({ confirmedAt }) => confirmedAt + staleAfterMs));
    return { facts: overlay(facts, configured), goodUntil };
  };
  let snapshot = compose(now());
  const known: KnownFacts = {
    facts() {
      const asOf = now();
      if (asOf >= snapshot.goodUntil) snapshot = compose(asOf);
      return { ...snapshot.facts, asOf };
    },
    status: () => sources.map((source) => source.status()),
    gaps: () => fresh(now()).flatMap(({ gaps }) => gaps),
  };
  const lists = (): NodeLists => ({
    nodes: nodes.listed(),
    pods: terway.pods(),
    letGoOfPods: terway.letGoOfPods,
    hasTerway: terway.isThere(),
    error: nodes.status().lastError ?? terway.status().lastError,
  });
  return { sources, known, lists };
}

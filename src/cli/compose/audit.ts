import { hostname } from 'node:os';
import { BackgroundCheck } from '../../audit/background-check.ts';
import { EventRecorder } from '../../audit/event-recorder.ts';
import type { EventSink } from '../../audit/events.ts';
import { type RefusalSink, Refusals } from '../../audit/refusals.ts';
import { watchFactSources, watchFacts } from '../../audit/fact-metrics.ts';
import { watchNodes } from '../../audit/node-metrics.ts';
import type { FactSourceState } from '../../kube/source-state.ts';
import type { Logger } from '../../log.ts';
import type { Metrics } from '../../audit/metrics.ts';
import { createStoredMetrics } from '../../audit/stored-metrics.ts';
import type { ApiServer } from '../../kube/api.ts';
import { createEventStore } from '../../audit/event-store.ts';
import { followStoredObject } from '../../kube/eni-config.ts';
import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { type FollowedNodes, followNodes } from '../../rollout/nodes/follow.ts';
import { factSourceState } from './facts.ts';
import { reviewStored } from '../../engine/rules/index.ts';

/** Between two looks at whether facts have changed; a look costs microseconds. */
const FACTS_LOOK_MS = 5_000;

export interface AuditingOptions {
  readonly config: Config;
  readonly api: ApiServer;
  readonly facts: () => Facts;
  /** What facts are learnt from, for the metrics. */
  readonly factSources: () => readonly FactSourceState[];
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Auditing {
  readonly events: EventSink | undefined;
  readonly refusals: RefusalSink | undefined;
  /** Starts the check of the stored object and of what nodes run, and keeps who had writes refused. */
  readonly start: () => void;
  /** Ends the background check and writes the Events that wait. */
  readonly stop: () => Promise<void>;
}

/** Prepares what `audit` in the configuration asks for: Events, the check of the stored object. */
export function prepareAuditing(options: AuditingOptions): Auditing {
  const { config, api, facts, factSources, log, metrics } = options;
  const recorder = config.audit.events
    ? new EventRecorder({
        store: createEventStore(api, process.env.POD_NAME ?? hostname()),
        log,
        count: metrics.countEvents,
      })
    : undefined;
  const refusals = config.audit.events ? new Refusals({ api, log }) : undefined;
  const ended = new AbortController();
  let stored: (() => FactSourceState) | undefined;
  let nodes: FollowedNodes | undefined;
  watchFacts(metrics.registry, facts);
  watchFactSources(metrics.registry, () => [
    ...factSources(),
    ...(stored ? [stored()] : []),
    ...(nodes ? [factSourceState(nodes.status())] : []),
  ]);
  watchNodes(metrics.registry, () => nodes?.chains());
  return {
    events: recorder,
    refusals,
    start() {
      refusals?.start(ended.signal);
      if (config.audit.background) stored = startChecking(options, recorder, ended.signal);
      if (config.facts.source === 'cluster') nodes = startFollowing(options, ended.signal);
    },
    async stop() {
      ended.abort();
      await Promise.all([recorder?.idle(), refusals?.look()]);
    },
  };
}

/** Looks at what nodes run from now on, as often as facts are learnt. */
function startFollowing(
  { config: { facts }, api, log }: AuditingOptions,
  signal: AbortSignal,
): FollowedNodes {
  const { refreshSeconds, staleAfterSeconds } = facts;
  const [refreshMs, staleAfterMs] = [refreshSeconds * 1000, staleAfterSeconds * 1000];
  return followNodes({ api, log, refreshMs, staleAfterMs, signal });
}

/** Judges the stored object from now on; gives the state of what it is read from. */
function startChecking(
  { config, api, facts, log, metrics }: AuditingOptions,
  events: EventSink | undefined,
  signal: AbortSignal,
): () => FactSourceState {
  const check = new BackgroundCheck({
    review: reviewStored,
    facts,
    policy: config.policy,
    log,
    observe: createStoredMetrics(metrics.registry),
    events,
  });
  const looks = setInterval(() => check.recheck(), FACTS_LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(looks));
  const listener = {
    see: check.see.bind(check),
    fail: ({ message }: Error) => log.warn({ error: message }, "can't read the stored object"),
  };
  return followStoredObject(api, listener, signal);
}

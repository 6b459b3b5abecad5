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
import { OverlayCheck } from '../../audit/overlay-check.ts';
import { createOverlayMetrics } from '../../audit/overlay-metrics.ts';
import { createStoredMetrics } from '../../audit/stored-metrics.ts';
import type { ApiServer } from '../../kube/api.ts';
import { createEventStore } from '../../audit/event-store.ts';
import type { AdmittedSink } from '../../audit/admitted.ts';
import { type KeptHistory, keepHistory } from './history.ts';
import { type StoredObjectListener, followStoredObject } from '../../kube/eni-config.ts';
import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import type { LastGoodRevision } from '../../engine/report/last-good.ts';
import type { NodeLists } from '../../facts/store.ts';
import { reviewStored, reviewStoredOverlay } from '../../engine/rules/index.ts';
import { type FollowedNodes, followNodes } from '../../rollout/nodes/follow.ts';
import { factSourceState } from './facts.ts';

/** Between two looks at whether something is to be judged anew; a look costs microseconds. */
const FACTS_LOOK_MS = 5_000;

export interface AuditingOptions {
  readonly config: Config;
  readonly api: ApiServer;
  readonly facts: () => Facts;
  /** What facts are learnt from, for the metrics. */
  readonly factSources: () => readonly FactSourceState[];
  /** What nodes run is counted from these; undefined where no facts are learnt. */
  readonly nodeLists: (() => NodeLists) | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Auditing {
  readonly events: EventSink | undefined;
  readonly refusals: RefusalSink | undefined;
  /** Absent where no history is kept. */
  readonly admitted: AdmittedSink | undefined;
  /** Undefined while none is known. */
  readonly lastGood: () => LastGoodRevision | undefined;
  /** Starts the check of the stored object and of what nodes run, and keeps who had writes refused. */
  readonly start: () => void;
  /** Ends the background check and writes the Events that wait. */
  readonly stop: () => Promise<void>;
}

/** Prepares what `audit` in the configuration asks for: Events, the check of the stored object. */
export function prepareAuditing(options: AuditingOptions): Auditing {
  const { config, api, facts, factSources, nodeLists, log, metrics } = options;
  const recorder = config.audit.events
    ? new EventRecorder({
        store: createEventStore(api, process.env.POD_NAME ?? hostname()),
        log,
        count: metrics.countEvents,
      })
    : undefined;
  const refusals = config.audit.events ? new Refusals({ api, log }) : undefined;
  const ended = new AbortController();
  const history = config.audit.background ? keepHistory(options, ended.signal) : undefined;
  let stored: (() => readonly FactSourceState[]) | undefined;
  let nodes: FollowedNodes | undefined;
  watchFacts(metrics.registry, facts);
  watchFactSources(metrics.registry, () => [
    ...factSources(),
    ...(stored?.() ?? []),
    ...(nodes ? [factSourceState(nodes.status())] : []),
  ]);
  watchNodes(metrics.registry, () => nodes?.chains());
  return {
    events: recorder,
    refusals,
    admitted: history?.keeper,
    lastGood: () => history?.lastGood.revision,
    start() {
      refusals?.start(ended.signal);
      if (history) stored = startChecking(options, history, recorder, ended.signal);
      if (nodeLists) nodes = startFollowing(options, nodeLists, ended.signal);
    },
    async stop() {
      ended.abort();
      await Promise.all([recorder?.idle(), refusals?.look()]);
    },
  };
}

/** Counts what nodes run from now on, as often as they are listed. */
const startFollowing = (
  { config, api, log }: AuditingOptions,
  lists: () => NodeLists,
  signal: AbortSignal,
): FollowedNodes =>
  followNodes({
    api,
    lists,
    log,
    lookMs: FACTS_LOOK_MS,
    staleAfterMs: config.facts.staleAfterSeconds * 1000,
    signal,
  });

/** Judges the stored object, and overlays where that is asked for; gives the state of both. */
function startChecking(
  options: AuditingOptions,
  { keeper, lastGood }: KeptHistory,
  events: EventSink | undefined,
  signal: AbortSignal,
): () => readonly FactSourceState[] {
  const { config, api, facts, log, metrics } = options;
  const measure = createStoredMetrics(metrics.registry);
  const check = new BackgroundCheck({
    review: reviewStored,
    facts,
    policy: config.policy,
    log,
    observe(verdict) {
      measure(verdict);
      lastGood.judge();
    },
    events,
  });
  const overlays = config.audit.overlays ? overlayCheck(options, events) : undefined;
  const looks = setInterval(() => {
    check.recheck();
    void overlays?.recheck(signal);
  }, FACTS_LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(looks));
  const listener: StoredObjectListener = {
    see(object, sight, knownUntilMs) {
      check.see(object);
      keeper.see(object, sight, knownUntilMs);
      overlays?.see(object);
    },
    fail: ({ message }) => log.warn({ error: message }, "can't read the stored object"),
  };
  const stored = followStoredObject(api, listener, signal);
  return () => [stored(), ...(overlays ? [overlays.state()] : [])];
}

const overlayCheck = (
  { config, api, facts, log, metrics }: AuditingOptions,
  events: EventSink | undefined,
) =>
  new OverlayCheck({
    api,
    review: reviewStoredOverlay,
    facts,
    policy: config.policy,
    log,
    observe: createOverlayMetrics(metrics.registry),
    events,
    refreshMs: config.facts.refreshSeconds * 1000,
  });

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Outcome } from '../admission/outcome.ts';
import { RULE_IDS } from '../engine/rules/index.ts';
import { type Finding, SEVERITIES, type Severity } from '../engine/core/finding.ts';
import { DEFAULTS } from '../engine/defaults/defaults.ts';
import { EXEMPTION_SOURCES, usedExemption } from './exemption.ts';

/** The guard's metrics on a registry of their own, so that two servers in one process don't mix. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts one answered review; `seconds` is the time from the body's last byte to the answer. */
  observeReview(endpoint: Endpoint, outcome: Outcome, seconds: number): void;
  /** Counts Events by what became of them. */
  readonly countEvents: (result: EventResult, count: number) => void;
  /** Counts one request that was answered without a look at what it asks. */
  readonly countTurnedAway: (reason: TurnedAwayReason) => void;
}

const ENDPOINTS = ['validate', 'mutate', 'restart-gate'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

const VERDICTS = ['allow', 'deny'] as const;

/** `dropped` by the guard's own limit, `failed` for the API server. */
const EVENT_RESULTS = ['written', 'dropped', 'failed'] as const;
export type EventResult = (typeof EVENT_RESULTS)[number];

/**
 * `path`: one that the guard does not answer at; `connections`: a connection that gave way to another;
 * `bodies`: a large body that did, to others; `size`: a body that is too large; `malformed`: no
 * HTTP, no AdmissionReview with a uid, or not sent in time.
 */
const TURNED_AWAY_REASONS = ['path', 'connections', 'bodies', 'size', 'malformed'] as const;
export type TurnedAwayReason = (typeof TURNED_AWAY_REASONS)[number];

/** 100 microseconds to 3 s, the webhook's timeout. */
const BUCKETS_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 3];

/** Operations that get a series of their own; anything else is counted as `OTHER`. */
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'OTHER'] as const;

/** `version` is the program's own. Every series whose labels are known starts at zero. */
export function createMetrics(version = 'unknown'): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'eni_config_guard_build_info',
    help: 'Always 1; the version of the running program is in the label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const reviews = new Counter({
    name: 'eni_config_guard_reviews_total',
    help: 'Admission reviews answered.',
    labelNames: ['endpoint', 'operation', 'verdict'],
    registers,
  });
  const duration = new Histogram({
    name: 'eni_config_guard_review_duration_seconds',
    help: 'Time spent on an admission review, without the network.',
    labelNames: ['endpoint'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const failures = new Counter({
    name: 'eni_config_guard_review_failures_total',
    help: 'Reviews on which the guard itself failed: a whole review, or one of its rules.',
    labelNames: ['endpoint'],
    registers,
  });
  const findings = new Counter({
    name: 'eni_config_guard_findings_total',
    help: 'Findings in reviews of writes, by rule and by severity as applied.',
    labelNames: ['rule', 'severity'],
    registers,
  });
  const injections = new Counter({
    name: 'eni_config_guard_injections_total',
    help: 'Defaults that the mutating webhook added.',
    labelNames: ['default'],
    registers,
  });
  const exemptions = new Counter({
    name: 'eni_config_guard_exemptions_total',
    help: 'Writes let through that would have been refused, by why; dry runs do not count.',
    labelNames: ['source'],
    registers,
  });
  const events = new Counter({
    name: 'eni_config_guard_events_total',
    help: 'Kubernetes Events: written, dropped by the limit on their rate, or failed at the API server.',
    labelNames: ['result'],
    registers,
  });
  const turnedAway = new Counter({
    name: 'eni_config_guard_turned_away_total',
    help: 'Requests answered without a look at what they ask, by why: a path that is not answered at, connections or large bodies beyond the limits, a body that is too large, what is no review.',
    labelNames: ['reason'],
    registers,
  });
  // A series that appears only with its first event makes rate() miss that event.
  for (const endpoint of ENDPOINTS) {
    duration.zero({ endpoint });
    failures.inc({ endpoint }, 0);
    for (const operation of OPERATIONS) {
      for (const verdict of VERDICTS) reviews.inc({ endpoint, operation, verdict }, 0);
    }
  }
  for (const rule of RULE_IDS) {
    for (const severity of SEVERITIES) findings.inc({ rule, severity }, 0);
  }
  for (const { plugin, id } of DEFAULTS) injections.inc({ default: `${plugin}.${id}` }, 0);
  for (const source of EXEMPTION_SOURCES) exemptions.inc({ source }, 0);
  for (const result of EVENT_RESULTS) events.inc({ result }, 0);
  for (const reason of TURNED_AWAY_REASONS) turnedAway.inc({ reason }, 0);

  return {
    registry,
    observeReview(endpoint, outcome, seconds) {
      const { request, response, failure, injected = [] } = outcome;
      const verdict = response.allowed ? 'allow' : 'deny';
      reviews.inc({ endpoint, operation: operationOf(outcome), verdict });
      duration.observe({ endpoint }, seconds);
      const counts = countByRule((request?.change && outcome.verdict?.findings) ?? []);
      for (const [rule, bySeverity] of counts) {
        for (const [severity, count] of bySeverity) findings.inc({ rule, severity }, count);
      }
      const hasFailed = failure !== undefined || counts.has('guard-error');
      if (hasFailed) failures.inc({ endpoint });
      for (const id of injected) injections.inc({ default: id });
      // A dry run changes nothing, and must not raise an alarm.
      const exemption = request?.dryRun === false ? usedExemption(outcome) : undefined;
      if (exemption) exemptions.inc({ source: exemption.source });
    },
    countEvents: (result, count) => {
      events.inc({ result }, count);
    },
    countTurnedAway: (reason) => {
      turnedAway.inc({ reason });
    },
  };
}

function operationOf({ request }: Outcome): (typeof OPERATIONS)[number] {
  return request?.change?.operation ?? (request?.restart ? 'UPDATE' : 'OTHER');
}

/** A chain can have thousands of findings, of a handful of rules. */
function countByRule(findings: readonly Finding[]): Map<string, Map<Severity, number>> {
  const counts = new Map<string, Map<Severity, number>>();
  for (const { rule, severity } of findings) {
    const ofRule = counts.get(rule) ?? new Map<Severity, number>();
    counts.set(rule, ofRule.set(severity, (ofRule.get(severity) ?? 0) + 1));
  }
  return counts;
}

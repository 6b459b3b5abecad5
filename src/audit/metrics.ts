import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The guard's metrics on a registry of their own, so that two servers in one process don't mix. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts one answered review; `seconds` is the time from the body's last byte to the answer. */
  observeReview(labels: ReviewLabels, seconds: number): void;
}

export interface ReviewLabels {
  readonly endpoint: 'validate' | 'mutate' | 'restart-gate';
  readonly operation: string;
  readonly verdict: 'allow' | 'deny';
}

/** 100 microseconds to 3 s, the webhook's timeout. */
const BUCKETS_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 3];

const ENDPOINTS = ['validate', 'mutate', 'restart-gate'] as const;
const VERDICTS = ['allow', 'deny'] as const;

/** Operations that get a series of their own; anything else is counted as `OTHER`. */
export const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'OTHER'] as const;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const reviews = new Counter({
    name: 'eni_config_guard_reviews_total',
    help: 'Admission reviews answered.',
    labelNames: ['endpoint', 'operation', 'verdict'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'eni_config_guard_review_duration_seconds',
    help: 'Time spent on an admission review, without the network.',
    labelNames: ['endpoint'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  // A series that appears only with its first event makes rate() miss that event.
  for (const endpoint of ENDPOINTS) {
    duration.zero({ endpoint });
    for (const operation of OPERATIONS) {
      for (const verdict of VERDICTS) reviews.inc({ endpoint, operation, verdict }, 0);
    }
  }
  return {
    registry,
    observeReview(labels, seconds) {
      reviews.inc({ ...labels });
      duration.observe({ endpoint: labels.endpoint }, seconds);
    },
  };
}

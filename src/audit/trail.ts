import type { Outcome } from '../admission/handle.ts';
import { createDecisionLog } from './decision-log.ts';
import { type EventSink, eventOf } from './events.ts';
import type { Logger } from './logger.ts';
import type { Endpoint, Metrics } from './metrics.ts';
import type { StageDurations } from './stage-durations.ts';

export interface TrailOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent where no Events are to be written. */
  readonly events?: EventSink | undefined;
}

/** Writes down one answered review. Waits for nothing. */
export type Trail = (endpoint: Endpoint, outcome: Outcome, durations: StageDurations) => void;

/** What becomes known of every review: a log line, its metrics, perhaps an Event. */
export function createTrail({ log, metrics, events }: TrailOptions): Trail {
  const logDecision = createDecisionLog(log);
  return (endpoint, outcome, durations) => {
    metrics.observeReview(endpoint, outcome, durations.total / 1000);
    if (outcome.failure !== undefined) {
      log.error({ endpoint, kind: outcome.failure }, 'review failed');
    }
    logDecision(endpoint, outcome, durations);
    const event = events && eventOf(outcome);
    if (event) events.write(event);
  };
}

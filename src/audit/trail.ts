import type { Outcome } from '../admission/handle.ts';
import type { RestartOutcome } from '../admission/restart-gate.ts';
import { createDecisionLog } from './decision-log.ts';
import { type EventSink, eventOf, eventOfRestart } from './events.ts';
import { usedExemption, usedForRestart } from './exemption.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { logRestart } from './restart-log.ts';
import type { StageDurations } from './stage-durations.ts';

export interface TrailOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent where no Events are to be written. */
  readonly events?: EventSink | undefined;
}

/** What becomes known of every answer: a log line, metrics, perhaps an Event. Waits for nothing. */
export interface Trail {
  readonly review: (
    endpoint: 'validate' | 'mutate',
    outcome: Outcome,
    durations: StageDurations,
  ) => void;
  readonly restart: (outcome: RestartOutcome, durations: StageDurations) => void;
}

export function createTrail({ log, metrics, events }: TrailOptions): Trail {
  const logDecision = createDecisionLog(log);
  const logFailure = (endpoint: string, kind: string | undefined) => {
    if (kind !== undefined) log.error({ endpoint, kind }, 'review failed');
  };
  return {
    review(endpoint, outcome, durations) {
      const { review, request, verdict, injected, failure } = outcome;
      const answered = {
        review,
        operation: request?.change?.operation,
        findings: verdict?.findings,
        exemption: verdict && request?.dryRun === false ? usedExemption(verdict) : undefined,
        ...(injected && { injected }),
        ...(failure !== undefined && { failure }),
      };
      metrics.observeReview(endpoint, answered, durations.total / 1000);
      logFailure(endpoint, failure);
      logDecision(endpoint, outcome, durations);
      const event = events && eventOf(outcome);
      if (event) events.write(event);
    },
    restart(outcome, durations) {
      const { review, request, failure } = outcome;
      const answered = {
        review,
        operation: request?.restart && 'UPDATE',
        exemption: request?.dryRun === false ? usedForRestart(outcome) : undefined,
        ...(failure !== undefined && { failure }),
      };
      metrics.observeReview('restart-gate', answered, durations.total / 1000);
      logFailure('restart-gate', failure);
      logRestart(log, outcome, durations.total);
      const event = events && eventOfRestart(outcome);
      if (event) events.write(event);
    },
  };
}

import type { Outcome } from '../admission/handle.ts';
import type { RestartOutcome } from '../admission/restart-gate.ts';
import { createDecisionLog } from './decision-log.ts';
import { type EventNote, type EventSink, eventOf, eventOfRestart } from './events.ts';
import { usedExemption, usedForRestart } from './exemption.ts';
import type { Logger } from '../log.ts';
import type { Answered, Endpoint, Metrics } from './metrics.ts';
import { logRestart } from './restart-log.ts';
import type { StageDurations } from './stage-timer.ts';

export interface DecisionRecorderOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent where no Events are to be written. */
  readonly events?: EventSink | undefined;
}

/** What becomes known of every answer: a log line, metrics, perhaps an Event. Waits for nothing. */
export interface DecisionRecorder {
  readonly review: (
    endpoint: 'validate' | 'mutate',
    outcome: Outcome,
    durations: StageDurations,
  ) => void;
  readonly restart: (outcome: RestartOutcome, durations: StageDurations) => void;
}

export function createDecisionRecorder({
  log,
  metrics,
  events,
}: DecisionRecorderOptions): DecisionRecorder {
  const logDecision = createDecisionLog(log);
  const count = (endpoint: Endpoint, answered: Answered, { total }: StageDurations) => {
    metrics.observeReview(endpoint, answered, total / 1000);
    const { failure: kind } = answered;
    if (kind !== undefined) log.error({ endpoint, kind }, 'review failed');
  };
  const tell = (event: EventNote | undefined) => {
    if (event) events?.write(event);
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
      count(endpoint, answered, durations);
      logDecision(endpoint, outcome, durations);
      tell(events && eventOf(outcome));
    },
    restart(outcome, durations) {
      const { review, request, failure } = outcome;
      const answered = {
        review,
        operation: request?.restart && 'UPDATE',
        exemption: request?.dryRun === false ? usedForRestart(outcome) : undefined,
        ...(failure !== undefined && { failure }),
      };
      count('restart-gate', answered, durations);
      logRestart(log, outcome, durations.total);
      tell(events && eventOfRestart(outcome));
    },
  };
}

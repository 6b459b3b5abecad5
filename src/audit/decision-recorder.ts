import { type AdmittedSink, tellAdmitted } from './admitted.ts';
import type { Outcome } from '../admission/outcome.ts';
import { createDecisionLog } from './decision-log.ts';
import { type EventSink, eventOf } from './events.ts';
import type { Logger } from '../log.ts';
import type { Endpoint, Metrics } from './metrics.ts';
import { type RefusalSink, refusedWriter } from './refusals.ts';
import type { StageDurations } from './stage-timer.ts';

export interface DecisionRecorderOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent where no Events are to be written. */
  readonly events?: EventSink | undefined;
  /** Who had writes refused; absent where that is not kept. */
  readonly refusals?: RefusalSink | undefined;
  /** Whose writes were let through; absent where no history is kept. */
  readonly admitted?: AdmittedSink | undefined;
}

/** Records what a call came to: metrics, a log line, perhaps an Event. Waits for nothing. */
export type DecisionRecorder = (
  endpoint: Endpoint,
  outcome: Outcome,
  durations: StageDurations,
) => void;

export function createDecisionRecorder({
  log,
  metrics,
  events,
  refusals,
  admitted,
}: DecisionRecorderOptions): DecisionRecorder {
  const logDecision = createDecisionLog(log);
  return (endpoint, outcome, durations) => {
    metrics.observeReview(endpoint, outcome, durations.total / 1000);
    const { failure: kind } = outcome;
    if (kind !== undefined) log.error({ endpoint, kind }, 'review failed');
    logDecision(endpoint, outcome, durations);
    const event = events && eventOf(outcome);
    if (event) events.write(event);
    const writer = refusals && refusedWriter(outcome, Date.now());
    if (writer) refusals.note(writer);
    if (admitted) tellAdmitted(admitted, endpoint, outcome);
  };
}

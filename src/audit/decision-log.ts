import { pino } from 'pino';
import type { Outcome } from '../admission/handle.ts';

/** Where log lines go; pino's own methods, so that tests can pass a logger of theirs. */
export type Logger = Pick<ReturnType<typeof pino>, 'info' | 'warn' | 'error'>;

/** A logger that writes one JSON object a line to standard output. */
export function createLogger(): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

/**
 * One line per judged write: who, what, verdict and rule ids. Fields are picked one by one from
 * values that hold no document text, so a secret cannot slip in with a whole request.
 */
export function logDecision(
  log: Logger,
  endpoint: string,
  outcome: Outcome,
  seconds: number,
): void {
  const { request, verdict, review } = outcome;
  if (request && !request.change) return;
  log.info(
    {
      endpoint,
      uid: review.response.uid,
      operation: request?.change?.operation,
      dryRun: request?.dryRun,
      user: request?.change?.user.name,
      groups: request?.change?.user.groups,
      exemption: verdict?.exemption,
      verdict: review.response.allowed ? 'allow' : 'deny',
      findings: verdict?.findings.map(({ rule, severity, key }) => ({ rule, severity, key })),
      injected: outcome.injected,
      durationMs: Number((seconds * 1000).toFixed(3)),
    },
    'review',
  );
}

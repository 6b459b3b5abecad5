import { pino } from 'pino';

/** Where log lines go; pino's own methods, so that tests can pass a logger of theirs. */
export type Logger = Pick<ReturnType<typeof pino>, 'info' | 'warn' | 'error'>;

/** A logger that writes one JSON object a line to standard output. */
export function createLogger(): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

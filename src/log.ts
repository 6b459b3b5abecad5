import { constants, fstatSync, openSync } from 'node:fs';
import { pino } from 'pino';

/** Where log lines go; pino's own methods, so that tests can pass a logger of theirs. */
export type Logger = Pick<ReturnType<typeof pino>, 'info' | 'warn' | 'error'>;

export type LogFormat = 'auto' | 'json' | 'pretty';

/** Whether what is written is for people on a terminal, and not for programs. */
export const isForPeople = (format: LogFormat, isTerminal = process.stdout.isTTY): boolean =>
  format === 'pretty' || (format === 'auto' && isTerminal);

/**
 * A logger to standard output: one JSON object a line, or lines for people. `auto` is for people on
 * a terminal, in colour unless NO_COLOR is set; the code for that is loaded only then.
 */
export async function createLogger(
  format: LogFormat = 'json',
  isTerminal = process.stdout.isTTY,
): Promise<Logger> {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  // The type is named, as pino's own has an index signature and would count as a promise.
  if (!isForPeople(format, isTerminal)) {
    const log: Logger = pino(options, toStandardOutput());
    return log;
  }
  const { default: pretty } = await import('pino-pretty');
  const log: Logger = pino(
    options,
    pretty({
      colorize: isTerminal && (process.env.NO_COLOR ?? '') === '',
      sync: true,
      translateTime: 'HH:MM:ss.l',
      // Fields that only programs read would push the verdict off the screen.
      ignore: 'schema,uid,groups,facts,durationMs',
      singleLine: true,
    }),
  );
  return log;
}

/** What is kept of lines that can't be written, to be written when there is room again: 1 MiB. */
const MAX_KEPT_LENGTH = 2 ** 20;
const RETRY_MS = 100;

/**
 * Standard output, whose errors cost lines and nothing else: a guard without room for its log goes on
 * answering. pino's own choice writes later, and tries for ever to write the rest when the process ends.
 */
function toStandardOutput() {
  const destination = pino.destination({
    dest: standardOutput(),
    sync: true,
    maxLength: MAX_KEPT_LENGTH,
    // Otherwise it would wait for room, and all reviews with it.
    retryEAGAIN: () => false,
  });
  let retry: NodeJS.Timeout | undefined;
  destination.on('error', () => {
    // What was not written is kept, and written with the next line or a moment later.
    retry ??= setTimeout(() => {
      retry = undefined;
      destination.write('');
    }, RETRY_MS).unref();
  });
  return destination;
}

/**
 * Standard output, never waited for: a pipe that is not read takes 64 KiB and then blocks who writes to it,
 * which a container's log is while its runtime is away. The pipe is opened anew, as its other writers may
 * rely on waiting; other kinds of output, and a pipe that can't be opened, are taken as they are.
 */
function standardOutput(): number {
  try {
    if (fstatSync(1).isFIFO()) {
      return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
    }
  } catch {
    // As below.
  }
  return 1;
}

import { constants, fstatSync, openSync, writeSync } from 'node:fs';

/** Writes a line: fields, which JSON can carry, and a sentence, or a sentence alone. */
interface Log {
  (fields: object, message: string): void;
  (message: string): void;
}

/** Where log lines go. */
export interface Logger {
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

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
  if (!isForPeople(format, isTerminal)) {
    const output = new Output(standardOutput());
    return jsonLogger((line) => output.write(line));
  }
  const { default: pretty } = await import('pino-pretty');
  const people = pretty({
    colorize: isTerminal && (process.env.NO_COLOR ?? '') === '',
    sync: true,
    translateTime: 'HH:MM:ss.l',
    // Fields that only programs read would push the verdict off the screen.
    ignore: 'schema,uid,groups,facts,durationMs',
    singleLine: true,
  });
  return jsonLogger((line) => people.write(line));
}

/** Levels as numbers, by which log collectors know them. */
const LEVELS = { info: 30, warn: 40, error: 50 } as const;

/** A logger that gives `write` each line: one JSON object, with a line break. */
export function jsonLogger(write: (line: string) => void): Logger {
  const at =
    (level: keyof typeof LEVELS): Log =>
    (fields: object | string, message?: string) => {
      const text = typeof fields === 'string' ? fields : message;
      const members = typeof fields === 'string' ? '' : JSON.stringify(fields).slice(1, -1);
      write(
        `{"level":${LEVELS[level]},"time":"${new Date().toISOString()}",` +
          `${members === '' ? '' : `${members},`}"msg":${JSON.stringify(text)}}\n`,
      );
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** What is kept of lines that can't be written, to be written when there is room again: 1 MiB. */
const MAX_KEPT_LENGTH = 2 ** 20;
const RETRY_MS = 100;

/**
 * An open file whose errors cost lines and nothing else: a guard without room for its log goes on
 * answering. Lines are written together at the end of a turn of the event loop, when the answers that
 * they tell of have been sent, or when the process ends. What could not be written comes before the
 * next lines, or a moment later.
 */
class Output {
  readonly #file: number;
  #lines = '';
  readonly #kept: Buffer[] = [];
  #keptLength = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(file: number) {
    this.#file = file;
    process.once('exit', this.#writeLines);
  }

  /** Never throws. */
  write(line: string): void {
    if (this.#lines === '') setImmediate(this.#writeLines);
    this.#lines += line;
  }

  readonly #writeLines = (): void => {
    const lines = this.#lines;
    if (lines === '') return;
    this.#lines = '';
    if (this.#kept.length === 0) {
      const written = this.#tryToWrite(lines);
      if (written < Buffer.byteLength(lines)) this.#keep(Buffer.from(lines).subarray(written));
    } else {
      this.#keep(Buffer.from(lines));
      this.#writeKept();
    }
  };

  /** How many bytes there was room for. */
  #tryToWrite(text: string | Buffer): number {
    try {
      return typeof text === 'string' ? writeSync(this.#file, text) : writeSync(this.#file, text);
    } catch {
      return 0;
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#keptLength + bytes.length > MAX_KEPT_LENGTH) return;
    this.#kept.push(bytes);
    this.#keptLength += bytes.length;
    this.#retryLater();
  }

  #writeKept(): void {
    for (let [next] = this.#kept; next; [next] = this.#kept) {
      const written = this.#tryToWrite(next);
      this.#keptLength -= written;
      if (written < next.length) {
        this.#kept[0] = next.subarray(written);
        this.#retryLater();
        return;
      }
      this.#kept.shift();
    }
  }

  #retryLater(): void {
    if (this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writeKept();
    }, RETRY_MS).unref();
  }
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

import { readFile } from 'node:fs/promises';
import { digestOf } from '../../config/digest.ts';
import type { Logger } from '../../log.ts';

/** Between two looks at the file; kubelets bring a change of a ConfigMap within a minute or two. */
export const LOOK_MS = 30_000;

/** The configuration file while it is in use: what was read at the start counts, a change is told. */
export class ConfigurationFile {
  readonly #path: string;
  readonly #log: Logger;
  #first: string | undefined;
  #isChanged = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Whether another text was found at the last look. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** Looks at the file; says so when its text is another one, and when it is the first one again. */
  async look(): Promise<void> {
    // One that can't be read is being swapped, or gone: the next look tells.
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const found = digestOf(text);
    this.#first ??= found;
    const isChanged = found !== this.#first;
    if (isChanged === this.#isChanged) return;
    this.#isChanged = isChanged;
    if (isChanged) {
      const digests = { found, inUse: this.#first };
      this.#log.warn(
        digests,
        'the configuration file was changed; it is not read before a restart',
      );
    } else this.#log.info('the configuration file is the one in use again');
  }
}

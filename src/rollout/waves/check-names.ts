import { randomBytes } from 'node:crypto';

/** Names for the pods of one rollout's checks, by which it knows them from those of another one. */
export class CheckNames {
  readonly #prefix: string;
  #made = 0;

  constructor(run: string = randomBytes(3).toString('hex')) {
    this.#prefix = `eni-config-guard-check-${run}`;
  }

  next(): string {
    this.#made += 1;
    return `${this.#prefix}${this.#made.toString(16).padStart(4, '0')}`;
  }

  /** Those that another rollout has made. */
  foreign(names: readonly string[]): readonly string[] {
    return names.filter((name) => !name.startsWith(this.#prefix));
  }
}

import type { RolloutEvent } from '../../rollout/waves/event.ts';
import type { FormerText } from '../../rollout/waves/former.ts';
import { eventAsJson } from '../../rollout/waves/json.ts';
import { eventAsText } from '../../rollout/waves/text.ts';
import { calledAs } from '../frame/help.ts';
import { print } from '../frame/print.ts';
import { progressBar, showProgress } from '../frame/progress.ts';

/** Prints what a rollout tells, in order, and on a terminal how far it has come. */
export class RolloutReport {
  readonly #output: 'text' | 'json';
  readonly #write: (text: string) => Promise<void>;
  readonly #underWay = new Set<string>();
  #former: FormerText | undefined;
  #restarted = 0;
  #planned = 0;
  #printed: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(output: 'text' | 'json', write: (text: string) => Promise<void> = print) {
    this.#output = output;
    this.#write = write;
  }

  /** What an end that is no good one names to go back to. */
  set former(former: FormerText | undefined) {
    this.#former = former;
  }

  /** Nodes that were restarted and are not judged yet. */
  get underWay(): readonly string[] {
    return [...this.#underWay];
  }

  /** Shows how far it has come until the function that is returned is called. */
  showProgress(): () => void {
    return showProgress(() => {
      const done = this.#restarted - this.#underWay.size;
      return `${progressBar(done, this.#planned)} of ${this.#planned} nodes restarted and checked`;
    });
  }

  tell(event: RolloutEvent): void {
    this.#count(event);
    const text =
      this.#output === 'json'
        ? eventAsJson(event, new Date(), this.#former)
        : eventAsText(event, { program: calledAs(), former: this.#former });
    // A rollout does not stop half-way because nothing can be printed.
    this.#printed = this.#printed
      .then(async () => this.#write(text))
      .catch((error: unknown) => void (this.#failure ??= error));
  }

  /** Resolves when what was told so far is printed. */
  async printed(): Promise<void> {
    await this.#printed;
  }

  /** Resolves when everything is printed; rejects with UsageError where something could not be. */
  async end(): Promise<void> {
    await this.#printed;
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  #count(event: RolloutEvent): void {
    switch (event.kind) {
      case 'plan':
        this.#planned = event.plan.waves.flat().length;
        break;
      case 'wave':
        this.#restarted += event.nodes.length;
        for (const node of event.nodes) this.#underWay.add(node);
        break;
      case 'node':
        this.#underWay.delete(event.node);
        break;
      default:
    }
  }
}

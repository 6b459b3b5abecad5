import type { Facts } from '../../engine/core/facts.ts';
import type { ReviewSettings } from '../../engine/core/policy.ts';
import type { LastGoodRevision } from '../../engine/report/last-good.ts';
import { reviewStored } from '../../engine/rules/index.ts';
import { NO_HISTORY } from './document.ts';
import { type History, configMapOf } from './revision.ts';

/**
 * Keeps the newest revision that the rules of today accept. Told when history or facts change, so that
 * an answer to a write costs no review.
 */
export class LastGood {
  readonly #facts: () => Facts;
  readonly #policy: ReviewSettings;
  #history: History = NO_HISTORY;
  #found: LastGoodRevision | undefined;

  constructor(facts: () => Facts, policy: ReviewSettings) {
    this.#facts = facts;
    this.#policy = policy;
  }

  /** Undefined while no history is known, and where no revision is accepted. */
  get revision(): LastGoodRevision | undefined {
    return this.#found;
  }

  see(history: History): void {
    this.#history = history;
    this.judge();
  }

  /** Judges from the newest revision on, mostly that one alone. */
  judge(): void {
    const { revisions } = this.#history;
    const facts = this.#facts();
    this.#found = undefined;
    for (const revision of revisions.toReversed()) {
      const object = configMapOf(revision);
      if (!object || !reviewStored(object, facts, this.#policy).allowed) continue;
      this.#found = { number: revision.number, at: revision.at, object };
      break;
    }
  }
}

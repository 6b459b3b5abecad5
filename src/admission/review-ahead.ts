import type { Change } from '../engine/core/eni-config.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Finding } from '../engine/core/finding.ts';
import type { ReviewSettings } from '../engine/core/policy.ts';
import type { Review } from '../engine/core/review.ts';
import { isSameChange } from '../engine/core/same-change.ts';
import type { DocumentReader } from '../engine/json/document-reader.ts';

/** What the rules find in a change, and the facts by which they do. */
interface Reviewed {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
}

/** How the webhook reviews. */
interface Reviewing {
  readonly review: Review;
  readonly policy: ReviewSettings;
}

/** Facts that are older than this when `/validate` asks are read anew, as findings tell their age. */
const MAX_AGE_MS = 1000;

/**
 * The review of a write, made while the API server is on its way from `/mutate` to `/validate` with it, so that
 * the second answer does not wait for it. It is what `review` gives for an equal change and the same facts, so
 * it can't differ from one that is made later. One is kept at most, until the next review.
 */
export class ReviewAhead {
  #made: (Reviewed & { readonly change: Change }) | undefined;

  /** Reviews a change of which `read` has read texts already. Never throws. */
  make(change: Change, facts: Facts, { review, policy }: Reviewing, read: DocumentReader): void {
    try {
      this.#made = { change, facts, findings: review(change, facts, policy, read) };
    } catch {
      // It fails again when it is asked for, and is told of then.
      this.#made = undefined;
    }
  }

  /** The review of an equal change by the same facts, if it was made just now; it is given once. */
  take(change: Change, facts: Facts): Reviewed | undefined {
    const made = this.#made;
    this.#made = undefined;
    if (!made || !areSame(made.facts, facts)) return undefined;
    return isSameChange(made.change, change) ? made : undefined;
  }
}

/** Whether nothing has been learnt between the two. */
function areSame({ asOf: then = 0, ...before }: Facts, { asOf = 0, ...now }: Facts): boolean {
  if (asOf < then || asOf - then > MAX_AGE_MS) return false;
  const names = Object.keys({ ...before, ...now }) as (keyof typeof now)[];
  return names.every((name) => before[name] === now[name]);
}

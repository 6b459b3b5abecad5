import type { Facts } from '../engine/core/facts.ts';
import type { ReviewSettings } from '../engine/core/policy.ts';
import { type Verdict, outagesIn } from '../engine/core/decide.ts';
import type { StoredReview } from '../engine/core/review-stored.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import { LOG_SCHEMA } from '../engine/report/log-schema.ts';
import { contentOf } from './content-of-facts.ts';
import { type EventNote, type EventSink, REPEAT_EVENT_MS, noteOf, whatIsWrong } from './events.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import { fieldsOf, mostSevere, toFindingFields } from '../engine/report/finding-fields.ts';
import type { Logger } from '../log.ts';

export interface BackgroundCheckOptions {
  readonly review: StoredReview;
  readonly facts: () => Facts;
  readonly policy: ReviewSettings;
  readonly log: Logger;
  /** Told every verdict. */
  readonly observe: (verdict: Verdict) => void;
  readonly events?: EventSink | undefined;
  /** Milliseconds that only go up; for tests. */
  readonly now?: () => number;
}

/**
 * Judges the stored object whenever it or what is known of the cluster has changed: a chain that
 * was good when it was written goes bad with a downgrade of Terway or an edit of 10-terway.conf by
 * the vendor. Speaks only when the result is another one than before.
 */
export class BackgroundCheck {
  readonly #options: BackgroundCheckOptions;
  readonly #now: () => number;
  /** Undefined until the API server has answered; `object` is undefined when there is none. */
  #seen: { readonly object: StoredObject | undefined } | undefined;
  #judgedFacts: string | undefined;
  #result: string | undefined;
  /** The Event of a bad result, and when it was last told; undefined while all is well. */
  #bad: { readonly note: EventNote; toldMs: number } | undefined;

  constructor(options: BackgroundCheckOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes the object as it is stored now; undefined when it does not exist. */
  see(object: StoredObject | undefined): void {
    const because = this.#seen ? 'object' : 'start';
    this.#seen = { object };
    this.#judge(because);
  }

  /** Judges anew if facts differ from those of the last time. Cheap enough for every few seconds. */
  recheck(): void {
    if (this.#seen && contentOf(this.#options.facts()) !== this.#judgedFacts) this.#judge('facts');
    this.#repeat();
  }

  #judge(because: 'start' | 'object' | 'facts'): void {
    const { review, policy, observe, log } = this.#options;
    const object = this.#seen?.object;
    const facts = this.#options.facts();
    this.#judgedFacts = contentOf(facts);
    const verdict = review(object?.configMap, facts, policy);
    observe(verdict);
    const list = toFindingFields(verdict.findings, object?.configMap);
    // Words may count nodes or tell ages, which is no other result.
    const places = mostSevere(verdict.findings).map((one) => fieldsOf(one, object?.configMap));
    const result = JSON.stringify([object?.uid, places, list.findingsOmitted]);
    if (result === this.#result) return;
    this.#result = result;
    const fields = {
      schema: LOG_SCHEMA,
      because,
      exists: object !== undefined,
      verdict: verdict.allowed ? 'allow' : 'deny',
      safeToRestart: outagesIn(verdict).length === 0,
      ...list,
      facts: summarizeFacts(facts),
    };
    if (verdict.allowed) log.info(fields, 'stored object');
    else log.warn(fields, 'stored object');
    this.#tell(verdict, object?.uid);
  }

  /** An Event for every bad result, and one when it is over. */
  #tell(verdict: Verdict, objectUid: string | undefined): void {
    const { events } = this.#options;
    if (!verdict.allowed) {
      const { what, detail } = whatIsWrong(verdict);
      const note = noteOf('StoredObjectInvalid', what, objectUid, detail);
      events?.write(note);
      this.#bad = { note, toldMs: this.#now() };
    } else if (this.#bad) {
      const message = 'Terway pods can restart on it again';
      events?.write(noteOf('StoredObjectValid', message, objectUid));
      this.#bad = undefined;
    }
  }

  /** What is still bad is told again before the API server has forgotten it. */
  #repeat(): void {
    const now = this.#now();
    if (!this.#bad || now - this.#bad.toldMs < REPEAT_EVENT_MS) return;
    this.#options.events?.write(this.#bad.note);
    this.#bad.toldMs = now;
  }
}

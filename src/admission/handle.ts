import type { Bypass } from '../engine/core/break-glass.ts';
import type { Change } from '../engine/core/eni-config.ts';
import { errorName } from '../engine/text/error-name.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Policy } from '../engine/core/policy.ts';
import type { Review, Verdict } from '../engine/core/review.ts';
import type { DefaultsPolicy } from '../engine/defaults/policy.ts';
import { type BreakGlass, bypassOf } from './break-glass.ts';
import { type AdmissionRequest, UnreadableReviewError, readReview } from './request.ts';
import {
  type AdmissionResponse,
  type AdmissionReview,
  allowed,
  answer,
  boundWarnings,
  refused,
  reviewOf,
} from './response.ts';
import { salvageUid } from './salvage-uid.ts';

/** What one call came to; `verdict` is there when the guarded object was judged. */
export interface Outcome {
  readonly review: AdmissionReview;
  readonly request?: AdmissionRequest;
  readonly verdict?: Verdict;
  /** What the judgement rested on. */
  readonly facts?: Facts;
  /** What came of the break-glass note, where it mattered. */
  readonly bypass?: Bypass;
  /** Ids of the defaults that a mutation added. */
  readonly injected?: readonly string[];
  /** Why the review could not be read; one line without user text. */
  readonly unreadable?: string;
  /** The guard itself failed; the class of the error, as its message may quote a document. */
  readonly failure?: string;
}

/** A body to which no AdmissionReview can answer because it has no readable uid. One line. */
export class NoUidError extends Error {
  constructor() {
    super('this is no AdmissionReview with a request.uid');
    this.name = 'NoUidError';
  }
}

export interface Judge {
  readonly review: Review;
  readonly facts: () => Facts;
  readonly policy: Policy;
  readonly defaults: DefaultsPolicy;
  /**
   * Whether a ValidatingAdmissionPolicy holds ADMISSION_POLICY_RULES too. The API server asks policies after the
   * mutating webhook and before the validating one, so only the former can refuse such a write in
   * the guard's own words, and leave a trace of it.
   */
  readonly hasAdmissionPolicy?: boolean;
  /** Absent when it is switched off. */
  readonly breakGlass?: BreakGlass | undefined;
}

/** A judge that has nobody to ask. */
export type JudgeAlone = Judge & { readonly breakGlass?: undefined };

/** Told when a stage of a call is over, so that whoever has a clock can time it. */
export type OnStage = (stage: 'read' | 'review') => void;

export const noTiming: OnStage = () => undefined;

/**
 * Answers the text of an AdmissionReview for `POST /validate`. Whatever arrives, the answer
 * carries the request's uid; only a text without one throws, namely NoUidError. It has to be waited
 * for only when break-glass is asked for; the promise never rejects.
 */
export function validate(text: string, judge: JudgeAlone, lap?: OnStage): Outcome;
export function validate(text: string, judge: Judge, lap?: OnStage): Outcome | Promise<Outcome>;
export function validate(text: string, judge: Judge, lap = noTiming): Outcome | Promise<Outcome> {
  const read = readText(text, readReview);
  lap('read');
  if ('unreadable' in read) {
    const { uid, unreadable } = read;
    const review = reviewOf(unjudged(uid, unreadable, 'unreadable-review', judge.policy));
    return { review, unreadable };
  }
  return judgeRequest(read.request, judge, lap);
}

/** Judges a request that could be read, for `/validate`; the promise never rejects. */
export function judgeRequest(
  request: AdmissionRequest,
  judge: Judge,
  lap: OnStage,
): Outcome | Promise<Outcome> {
  const { change } = request;
  if (!change) return { review: reviewOf(allowed(request.uid)), request };
  // Nothing is known to throw here; if something does, the call must not fail all the same.
  const failed = (error: unknown): Outcome => ({
    review: reviewOf(unjudged(request.uid, GUARD_FAILED, 'guard-error', judge.policy)),
    request,
    failure: errorName(error),
  });
  try {
    const facts = judge.facts();
    const judged = (judgedChange: Change): Outcome => {
      const verdict = judge.review(judgedChange, facts, judge.policy);
      lap('review');
      return { review: reviewOf(answer(request.uid, verdict)), request, verdict, facts };
    };
    const outcome = judged(change);
    const bypass = outcome.verdict && bypassOf(change, outcome.verdict, judge.breakGlass);
    if (bypass === undefined) return outcome;
    const again = (found: Bypass) => ({ ...judged({ ...change, bypass: found }), bypass: found });
    return bypass instanceof Promise ? bypass.then(again).catch(failed) : again(bypass);
  } catch (error) {
    return failed(error);
  }
}

const GUARD_FAILED =
  'the guard itself failed on this change, which may be fine; please report it. ' +
  'To save it unchecked, set mode: warn in the configuration';

/** What could not be judged is refused, save in a mode that refuses nothing. */
function unjudged(
  uid: string,
  why: string,
  failure: 'unreadable-review' | 'guard-error',
  { mode }: Policy,
): AdmissionResponse {
  if (mode === 'enforce') {
    return { ...refused(uid, why), auditAnnotations: { verdict: 'deny', failure } };
  }
  return {
    ...allowed(uid),
    ...(mode === 'warn' ? { warnings: boundWarnings([`not checked: ${why}`]) } : {}),
    auditAnnotations: { verdict: 'allow', failure },
  };
}

type ReadText<Request> =
  { readonly request: Request } | { readonly uid: string; readonly unreadable: string };

/** Reads a body with `read`. Throws NoUidError when no answer could be addressed to it. */
export function readText<Request>(
  text: string,
  read: (body: unknown) => Request | undefined,
): ReadText<Request> {
  try {
    const request = read(parse(text));
    if (request) return { request };
  } catch (error) {
    if (!(error instanceof UnreadableReviewError)) throw error;
    return { uid: error.uid, unreadable: error.message };
  }
  const uid = salvageUid(text);
  if (uid === undefined) throw new NoUidError();
  return { uid, unreadable: 'this AdmissionReview is not valid JSON' };
}

/** JSON.parse does not recurse, so depth is no danger here; a broken text is undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Facts } from '../core/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { Review, Verdict } from '../core/review.ts';
import { type AdmissionRequest, UnreadableReviewError, readReview } from './request.ts';
import { type AdmissionReview, allowed, answer, refused, reviewOf } from './response.ts';
import { salvageUid } from './salvage-uid.ts';

/** What one call came to; `verdict` is there when the guarded object was judged. */
export interface Outcome {
  readonly review: AdmissionReview;
  readonly request?: AdmissionRequest;
  readonly verdict?: Verdict;
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
}

/**
 * Answers the text of an AdmissionReview for `POST /validate`. Whatever arrives, the answer
 * carries the request's uid; only a text without one throws, namely NoUidError.
 */
export function validate(text: string, judge: Judge): Outcome {
  return withRequest(text, (request) => {
    if (!request.change) {
      return { review: reviewOf(request.apiVersion, allowed(request.uid)), request };
    }
    const verdict = judge.review(request.change, judge.facts(), judge.policy);
    return { review: reviewOf(request.apiVersion, answer(request.uid, verdict)), request, verdict };
  });
}

/** Answers `POST /mutate`: allowed, unchanged. The validator is the one that refuses. */
export function mutate(text: string): Outcome {
  return withRequest(text, (request) => ({
    review: reviewOf(request.apiVersion, allowed(request.uid)),
    request,
  }));
}

function withRequest(text: string, handle: (request: AdmissionRequest) => Outcome): Outcome {
  let request: AdmissionRequest | undefined;
  try {
    request = readReview(parse(text));
  } catch (error) {
    if (!(error instanceof UnreadableReviewError)) throw error;
    return { review: reviewOf(error.apiVersion, refused(error.uid, error.message)) };
  }
  if (request) return handle(request);
  const uid = salvageUid(text);
  if (uid === undefined) throw new NoUidError();
  return {
    review: reviewOf('admission.k8s.io/v1', refused(uid, 'this AdmissionReview is not valid JSON')),
  };
}

/** JSON.parse does not recurse, so depth is no danger here; a broken text is undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

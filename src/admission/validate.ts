import type { BreakGlassAnswer } from '../engine/core/break-glass.ts';
import { decide } from '../engine/core/decide.ts';
import type { Change } from '../engine/core/eni-config.ts';
import { exemptionOf } from '../engine/core/exemption.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Policy } from '../engine/core/policy.ts';
import type { Review } from '../engine/core/review.ts';
import type { DefaultsPolicy } from '../engine/defaults/policy.ts';
import { createDocumentReader, type DocumentReader } from '../engine/json/document-reader.ts';
import { type LastGoodRevision, describeLastGood } from '../engine/report/last-good.ts';
import { BREAK_GLASS_RULES } from '../engine/rules/break-glass.ts';
import { errorName } from '../engine/text/error-name.ts';
import { readBody } from './body.ts';
import {
  type BreakGlassOptions,
  answerBreakGlass,
  closesRequest,
  relevantRequest,
} from './break-glass.ts';
import type { Outcome } from './outcome.ts';
import { type OverlayQuestions, withCluster } from './overlay.ts';
import { type AdmissionRequest, readReview } from './request.ts';
import type { ReviewAhead } from './review-ahead.ts';
import { type AdmissionResponse, allowed, answer, boundWarnings, refused } from './response.ts';

/** What decides at `/validate` and `/mutate`. */
export interface WebhookOptions {
  readonly review: Review;
  readonly facts: () => Facts;
  readonly policy: Policy;
  readonly defaults: DefaultsPolicy;
  /**
   * Whether a ValidatingAdmissionPolicy holds ADMISSION_POLICY_RULES too. The API server asks
   * policies after the mutating webhook and before the validating one, so only the former can refuse
   * such a write in the guard's own words, and leave a trace of it.
   */
  readonly hasAdmissionPolicy?: boolean;
  /** Absent when it is switched off. */
  readonly breakGlass?: BreakGlassOptions | undefined;
  /** Absent where there is no API server to ask: then overlays are judged by themselves. */
  readonly overlays?: OverlayQuestions | undefined;
  /** Of writes that `/mutate` has just let through; absent where none are made. */
  readonly ahead?: ReviewAhead | undefined;
  /** The newest good revision, for refusals to name; undefined while none is known. */
  readonly lastGood?: () => LastGoodRevision | undefined;
}

/** Told when a stage of a call is over, to be timed by a caller that has a clock. */
export type OnStage = (stage: 'read' | 'review') => void;

export const noTiming: OnStage = () => undefined;

/**
 * Answers the text of an AdmissionReview for `POST /validate`. Every answer carries the request's
 * uid; rejects only with NoUidError, for a text without one.
 */
export async function validate(
  text: string,
  options: WebhookOptions,
  onStage = noTiming,
): Promise<Outcome> {
  const body = readBody(text, readReview);
  onStage('read');
  if ('unreadable' in body) {
    const { uid, unreadable } = body;
    const response = unjudged(uid, unreadable, 'unreadable-review', options.policy);
    return { response, unreadable };
  }
  const { overlay } = body.request.change ?? {};
  const request = overlay
    ? await withCluster(body.request, overlay, options.overlays)
    : body.request;
  if (!request.change) return { response: allowed(request.uid), request };
  return judgeWrite(request, request.change, options, onStage);
}

/**
 * Judges a write to the guarded object or an overlay, with one review of it. Never rejects: if the guard itself
 * fails, the outcome says so. `read` is shared with the mutator, which looks at the same texts.
 */
export async function judgeWrite(
  request: AdmissionRequest,
  change: Change,
  options: WebhookOptions,
  onStage: OnStage,
  read: DocumentReader = createDocumentReader(),
): Promise<Outcome> {
  const { uid, user, objectUid } = request;
  const { policy } = options;
  try {
    const known = options.facts();
    const { facts, findings } = options.ahead?.take(change, known) ?? {
      facts: known,
      findings: options.review(change, known, policy, read),
    };
    const { rules, mode } = policy;
    const exemption = exemptionOf(user, policy);
    const decideWith = (asked?: BreakGlassAnswer) =>
      decide(findings, {
        rules,
        mode,
        exemption,
        breakGlass: asked && { answer: asked, rules: BREAK_GLASS_RULES },
      });
    const first = decideWith();
    const claim = relevantRequest(change, first);
    const granted = {
      status: first.allowed ? 'opened' : 'used',
      // The note stands on eni-config, which a write to an overlay leaves alone.
      remains: change.overlay ? true : change.operation !== 'DELETE' && !closesRequest(change),
      ...(closesRequest(change) ? { closes: true } : {}),
    } as const;
    const answered = claim && (await answerBreakGlass(claim, user, granted, options.breakGlass));
    // A write that does not ask for break-glass is not told why it would not get it.
    const isUnasked = answered?.status === 'rejected' && closesRequest(change);
    const breakGlass = isUnasked ? undefined : answered;
    const verdict = breakGlass ? decideWith(breakGlass) : first;
    onStage('review');
    const object = change.new;
    const lastGood = change.overlay || verdict.allowed ? undefined : options.lastGood?.();
    return {
      response: answer(uid, verdict, object, {
        name: change.overlay?.name,
        lastGood: lastGood && describeLastGood(lastGood, change.old),
      }),
      request,
      verdict,
      object,
      objectUid,
      facts,
      objections: verdict.findings.filter(
        ({ severity, exempted }) => severity === 'deny' || exempted,
      ),
      exemption: verdict.exemption,
      breakGlass,
    };
  } catch (error) {
    const response = unjudged(uid, GUARD_FAILED, 'guard-error', policy);
    return { response, request, objectUid, failure: errorName(error) };
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

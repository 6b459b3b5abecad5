import { ADMISSION_POLICY_RULES } from '../engine/rules/admission-policy.ts';
import { CONF_KEY, type Change, touches } from '../engine/core/eni-config.ts';
import { errorName } from '../engine/text/error-name.ts';
import { inject } from '../engine/defaults/inject.ts';
import { denialsIn } from '../engine/core/review.ts';
import { mayBeBypassed } from './break-glass.ts';
import {
  type Judge,
  type JudgeAlone,
  type OnStage,
  type Outcome,
  noTiming,
  judgeRequest,
  readText,
} from './handle.ts';
import { type AdmissionRequest, readReview } from './request.ts';
import { allowed, mutated, reviewOf } from './response.ts';

/**
 * Answers `POST /mutate`: adds defaults that are safe to add. It leaves refusing to the validator,
 * which speaks right after, save for what a floor would refuse between the two. Throws like
 * `validate`.
 */
export function mutate(text: string, judge: JudgeAlone, lap?: OnStage): Outcome;
export function mutate(text: string, judge: Judge, lap?: OnStage): Outcome | Promise<Outcome>;
export function mutate(text: string, judge: Judge, lap = noTiming): Outcome | Promise<Outcome> {
  const read = readText(text, readReview);
  lap('read');
  if ('unreadable' in read) {
    return { review: reviewOf(allowed(read.uid)), unreadable: read.unreadable };
  }
  const { request } = read;
  if (judge.hasAdmissionPolicy !== true || !concernsAdmissionPolicy(request.change))
    return addDefaults(request, judge, lap);
  const outcome = judgeRequest(request, judge, lap);
  const refuse = (judged: Outcome) =>
    isPolicyRefusal(judged) ? judged : addDefaults(request, judge, lap);
  return outcome instanceof Promise ? outcome.then(refuse) : refuse(outcome);
}

/** Whether a write alters what the floor's rules look at. */
const concernsAdmissionPolicy = (change: Change | undefined) =>
  change?.operation === 'DELETE' || (change?.operation === 'UPDATE' && touches(change, CONF_KEY));

const POLICY_RULE_IDS = new Set<string>(ADMISSION_POLICY_RULES.map(({ rule }) => rule));

/** Whether the floor would refuse what was judged here. */
const isPolicyRefusal = ({ verdict }: Outcome) =>
  verdict !== undefined && denialsIn(verdict).some(({ rule }) => POLICY_RULE_IDS.has(rule));

function addDefaults(request: AdmissionRequest, judge: Judge, lap: OnStage): Outcome {
  if (!request.change || mayBeBypassed(request.change, judge.breakGlass)) {
    return { review: reviewOf(allowed(request.uid)), request };
  }
  try {
    const { policy, defaults } = judge;
    const facts = judge.facts();
    const injection = inject(request.change, facts, policy, defaults, judge.review);
    lap('review');
    const { injected } = injection;
    return { review: reviewOf(mutated(request.uid, injection)), request, facts, injected };
  } catch (error) {
    // A default that can't be worked out is no reason to hold up a write.
    return { review: reviewOf(allowed(request.uid)), request, failure: errorName(error) };
  }
}

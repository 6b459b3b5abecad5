import { ADMISSION_POLICY_RULES } from '../engine/rules/admission-policy.ts';
import { denialsIn } from '../engine/core/decide.ts';
import { CONF_KEY, type Change, touches } from '../engine/core/eni-config.ts';
import { exemptionOf } from '../engine/core/exemption.ts';
import { NO_INJECTION, inject } from '../engine/defaults/inject.ts';
import { storedConf, withConf } from '../engine/defaults/stored-conf.ts';
import { createDocumentReader, type DocumentReader } from '../engine/json/document-reader.ts';
import { errorName } from '../engine/text/error-name.ts';
import { readBody } from './body.ts';
import { mayUseBreakGlass } from './break-glass.ts';
import type { Outcome } from './outcome.ts';
import { type AdmissionRequest, readReview } from './request.ts';
import { allowed, mutated } from './response.ts';
import { type OnStage, type WebhookOptions, judgeWrite, noTiming } from './validate.ts';

/**
 * Answers `POST /mutate`: adds defaults that are safe to add, and puts the stored 10-terway.conf back
 * where a write only lays it out anew. It leaves refusing to the validator,
 * which is asked right after, save for what an admission policy would refuse between the two.
 * Rejects like `validate`.
 */
export async function mutate(
  text: string,
  options: WebhookOptions,
  onStage = noTiming,
): Promise<Outcome> {
  const body = readBody(text, readReview);
  onStage('read');
  if ('unreadable' in body) {
    return { response: allowed(body.uid), unreadable: body.unreadable };
  }
  const { request } = body;
  // Nothing is added to an overlay.
  if (!request.change || request.change.overlay) return { response: allowed(request.uid) };
  const read = createDocumentReader();
  const conf = confToRestore(request, request.change, options, read);
  const change = conf === undefined ? request.change : withConf(request.change, conf);
  if (options.hasAdmissionPolicy && concernsAdmissionPolicy(change)) {
    const outcome = await judgeWrite(request, change, options, onStage, read);
    if (isPolicyRefusal(outcome)) return outcome;
  }
  return addDefaults(request, change, options, onStage, read, conf);
}

/** The stored text to put back; those who may change it want exactly what they wrote. */
function confToRestore(
  { user }: AdmissionRequest,
  change: Change,
  { policy, breakGlass }: WebhookOptions,
  read: DocumentReader,
): string | undefined {
  if (exemptionOf(user, policy) || mayUseBreakGlass(change, breakGlass)) return undefined;
  return storedConf(change, policy, read);
}

/** Whether a write alters what the admission policy looks at. */
const concernsAdmissionPolicy = (change: Change) =>
  change.operation === 'DELETE' || (change.operation === 'UPDATE' && touches(change, CONF_KEY));

const POLICY_RULE_IDS = new Set<string>(ADMISSION_POLICY_RULES.map(({ rule }) => rule));

/** Whether the admission policy would refuse what was judged here. */
const isPolicyRefusal = ({ verdict }: Outcome) =>
  verdict !== undefined && denialsIn(verdict).some(({ rule }) => POLICY_RULE_IDS.has(rule));

function addDefaults(
  request: AdmissionRequest,
  change: Change,
  options: WebhookOptions,
  onStage: OnStage,
  read: DocumentReader,
  conf: string | undefined,
): Outcome {
  const { uid, user } = request;
  if (mayUseBreakGlass(change, options.breakGlass)) return { response: allowed(uid), request };
  try {
    const facts = options.facts();
    const injection = exemptionOf(user, options.policy)
      ? NO_INJECTION
      : inject(change, facts, options, read);
    onStage('review');
    const isAsWritten = conf === undefined && injection.conflist === undefined;
    return {
      response: mutated(uid, injection, conf),
      request,
      facts,
      injected: injection.injected,
      ...(isAsWritten
        ? { afterwards: () => options.ahead?.make(change, facts, options, read) }
        : {}),
    };
  } catch (error) {
    // A write goes on without defaults that can't be worked out.
    return { response: allowed(uid), request, failure: errorName(error) };
  }
}

import { errorName } from '../engine/text/error-name.ts';
import type { Exemption } from '../engine/core/exemption.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Severity } from '../engine/core/finding.ts';
import type { Policy } from '../engine/core/policy.ts';
import { isObject } from '../engine/text/is-object.ts';
import { type StoredReview, judgeStored, outagesIn } from '../engine/core/review-stored.ts';
import { type Verdict, breakGlassOf, exemptionOf, weaker } from '../engine/core/review.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import { printable } from '../engine/text/text.ts';
import { type BreakGlass, judgeNote } from './break-glass.ts';
import { readText } from './handle.ts';
import {
  type AdmissionReview,
  allowed,
  annotationsOf,
  boundWarnings,
  reviewOf,
} from './response.ts';
import { brokenWarnings, chainWarning, forbidden, idleWarnings } from './restart-answer.ts';
import { factsAfter } from './restart-facts.ts';
import { type Restart, type RestartRequest, readRestart } from './restart-request.ts';

/** What decides whether Terway may be restarted on what is stored. */
export interface RestartGate {
  readonly mode: 'off' | 'warn' | 'deny';
  readonly review: StoredReview;
  readonly facts: () => Facts;
  readonly policy: Policy;
  readonly breakGlass?: BreakGlass | undefined;
  /**
   * Reads eni-config as it is now; undefined when there is none. Rejects when it can't be read, in
   * a time that leaves room for a question about break-glass within a webhook's 3 s.
   */
  readonly stored: () => Promise<StoredObject | undefined>;
}

/** What one call came to; `verdict` is that of the stored object, as a write of it would get it. */
export interface RestartOutcome {
  readonly review: AdmissionReview;
  readonly request?: RestartRequest;
  readonly verdict?: Verdict;
  /** What the judgement rested on: the cluster as it will be once the pods are replaced. */
  readonly facts?: Facts;
  /** `metadata.uid` of the stored object, which Events refer to. */
  readonly objectUid?: string | undefined;
  /** Why nothing was judged; the class of an error, and the API server's reason where it gave one. */
  readonly failure?: string;
}

/**
 * Answers the text of an AdmissionReview for `POST /restart-gate`. It refuses only what is known to
 * be broken: what can't be read or judged is let through. Rejects only with NoUidError.
 */
export async function gateRestart(text: string, gate: RestartGate): Promise<RestartOutcome> {
  const read = readText(text, readRestart);
  if ('unreadable' in read) return { review: reviewOf(allowed(read.uid)) };
  const { request } = read;
  if (!request.restart || gate.mode === 'off') {
    return { review: reviewOf(allowed(request.uid)), request };
  }
  try {
    return await judgeRestart(request, request.restart, gate.mode, gate);
  } catch (error) {
    const failure = failureOf(error);
    const warnings = gate.policy.mode === 'audit' ? [] : [UNCHECKED];
    return {
      review: answerWith(request, warnings, { verdict: 'allow', failure }),
      request,
      failure,
    };
  }
}

/** The class, and the API server's reason, which is one of its constants. */
function failureOf(error: unknown): string {
  const name = errorName(error);
  const reason = isObject(error) ? error.reason : undefined;
  return typeof reason === 'string' ? `${name} ${printable(reason, 40)}` : name;
}

const UNCHECKED =
  'eni-config-guard could not read eni-config just now; whether it is safe to restart on was not checked';

async function judgeRestart(
  request: RestartRequest,
  restart: Restart,
  mode: 'warn' | 'deny',
  gate: RestartGate,
): Promise<RestartOutcome> {
  const { daemonSet, user } = restart;
  const stored = await gate.stored();
  const object = stored?.configMap;
  const facts = factsAfter(gate.facts(), restart);
  const verdict = judgeStored(gate.review, object, facts, gate.policy);
  const ceiling: Severity = gate.policy.mode === 'enforce' ? mode : weaker(mode, gate.policy.mode);
  const judged = { request, facts, objectUid: stored?.uid };
  const tell = (warnings: readonly string[], exemption?: Exemption): RestartOutcome => {
    const found = exemption ? { ...verdict, exemption } : verdict;
    const shown = ceiling === 'audit' ? [] : warnings;
    return {
      review: answerWith(request, shown, annotationsOf({ ...found, allowed: true })),
      verdict: found,
      ...judged,
    };
  };

  const broken = outagesIn(verdict);
  if (broken.length === 0) {
    const news = mayBeNews(stored, restart) ? [chainWarning(daemonSet, object)] : [];
    return tell([...news, ...idleWarnings(verdict)]);
  }
  const warnings = brokenWarnings(daemonSet, broken, object);
  const exemption = exemptionOf(user, gate.policy);
  if (exemption) return tell(warnings, exemption);
  if (ceiling !== 'deny') return tell(warnings);

  const bypass = object?.bypass && (await judgeNote(object.bypass, user, 'used', gate.breakGlass));
  if (bypass && bypass.standing !== 'refused') {
    return tell(
      [`break-glass used, open until ${bypass.until}`, ...warnings],
      breakGlassOf(bypass),
    );
  }
  const status = forbidden(daemonSet, broken, object, bypass?.why);
  const auditAnnotations = annotationsOf({ ...verdict, allowed: false });
  return {
    review: reviewOf({ uid: request.uid, allowed: false, status, auditAnnotations }),
    verdict,
    ...judged,
  };
}

/** Whether nodes may read something else than at the last restart, as far as anybody can tell. */
function mayBeNews(stored: StoredObject | undefined, { lastRestartMs }: Restart): boolean {
  const changedMs = stored?.changedMs;
  return changedMs === undefined || lastRestartMs === undefined || changedMs >= lastRestartMs;
}

function answerWith(
  { uid }: RestartRequest,
  warnings: readonly string[],
  auditAnnotations: Readonly<Record<string, string>>,
): AdmissionReview {
  return reviewOf({
    ...allowed(uid),
    ...(warnings.length > 0 ? { warnings: boundWarnings(warnings) } : {}),
    auditAnnotations,
  });
}

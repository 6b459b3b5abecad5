import type { ConfigMap } from '../core/config-map.ts';
import type { Facts } from '../core/facts.ts';
import type { Severity } from '../core/finding.ts';
import type { Policy } from '../core/policy.ts';
import type { StoredReview } from '../core/review-stored.ts';
import { type Verdict, exemptionOf, weaker } from '../core/review.ts';
import { type BreakGlass, judgeNote } from './break-glass.ts';
import { readText } from './handle.ts';
import { type AdmissionReview, allowed, boundWarnings, reviewOf } from './response.ts';
import { brokenWarnings, chainWarning, forbidden } from './restart-answer.ts';
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
  readonly stored: () => Promise<ConfigMap | undefined>;
}

/** What one call came to; `verdict` is that of the stored object, as a write of it would get it. */
export interface RestartOutcome {
  readonly review: AdmissionReview;
  readonly request?: RestartRequest;
  readonly verdict?: Verdict;
  /** Why nothing was judged; the class of an error. */
  readonly failure?: string;
}

const MISSING: ConfigMap = { data: new Map(), binaryData: new Map(), immutable: false };

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
    const failure = error instanceof Error ? error.name : typeof error;
    const warnings = gate.policy.mode === 'audit' ? [] : [UNCHECKED];
    return { review: answerWith(request, warnings), request, failure };
  }
}

const UNCHECKED =
  'eni-config-guard could not read eni-config just now; whether it is safe to restart on was not checked';

async function judgeRestart(
  request: RestartRequest,
  { daemonSet, user }: Restart,
  mode: 'warn' | 'deny',
  gate: RestartGate,
): Promise<RestartOutcome> {
  const stored = await gate.stored();
  const object = stored ?? MISSING;
  // What a write would be refused for counts, whether or not writes are refused at present.
  const policy: Policy = { ...gate.policy, mode: 'enforce' };
  const verdict = gate.review(object, gate.facts(), policy);
  const ceiling: Severity = gate.policy.mode === 'enforce' ? mode : weaker(mode, gate.policy.mode);
  const tell = (warnings: readonly string[], judged: Verdict = verdict): RestartOutcome => ({
    review: answerWith(request, ceiling === 'audit' ? [] : warnings),
    request,
    verdict: judged,
  });

  const broken = verdict.findings.filter(({ severity }) => severity === 'deny');
  if (broken.length === 0) return tell([chainWarning(daemonSet, object)]);
  const warnings = brokenWarnings(daemonSet, broken, stored);
  const exemption = exemptionOf(user, gate.policy);
  if (exemption) return tell(warnings, { ...verdict, exemption });
  if (ceiling !== 'deny') return tell(warnings);

  const bypass = object.bypass && (await judgeNote(object.bypass, user, 'used', gate.breakGlass));
  if (bypass && bypass.standing !== 'refused') {
    const { reason, until } = bypass;
    return tell([`break-glass used, open until ${until}`, ...warnings], {
      ...verdict,
      exemption: { source: 'break-glass', reason, until },
    });
  }
  const status = forbidden(daemonSet, broken, stored, bypass?.why);
  return { review: reviewOf({ uid: request.uid, allowed: false, status }), request, verdict };
}

function answerWith({ uid }: RestartRequest, warnings: readonly string[]): AdmissionReview {
  return reviewOf({
    ...allowed(uid),
    ...(warnings.length > 0 ? { warnings: boundWarnings(warnings) } : {}),
  });
}

import type { Outcome } from '../admission/handle.ts';
import type { RestartOutcome } from '../admission/restart-gate.ts';
import type { User } from '../engine/core/eni-config.ts';
import { type Exemption, exemptionInWords } from '../engine/core/exemption.ts';
import type { Finding } from '../engine/core/finding.ts';
import { outagesIn } from '../engine/core/review-stored.ts';
import { denialsIn } from '../engine/core/review.ts';
import { listed, printable } from '../engine/text/text.ts';
import { usedExemption, usedForRestart } from './exemption.ts';

/** Why an Event is written, as `kubectl get events` shows it. Stable: people filter by it. */
export type EventReason =
  | 'Refused'
  | 'Exempted'
  | 'BreakGlass'
  | 'BreakGlassOpened'
  | 'StoredObjectInvalid'
  | 'StoredObjectValid';

/**
 * Something to be seen at eni-config with `kubectl describe`. Two with equal reason, message and
 * object are one Event that happened twice, whichever replica saw it, so the message tells nothing
 * that differs from one time to the next.
 */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  /** One line without values of the object. */
  readonly message: string;
  /** `metadata.uid` of eni-config, by which `kubectl describe` finds its Events. */
  readonly objectUid?: string | undefined;
}

/** What two notes share that are one Event. */
export const identityOf = ({ reason, message, objectUid }: EventNote): string =>
  JSON.stringify([reason, message, objectUid]);

/** Where Events go. `write` returns at once and never throws. */
export interface EventSink {
  write(note: EventNote): void;
}

const MAX_NAME_LENGTH = 200;
const MAX_RULES = 5;

/**
 * The Event of an answered review: a refusal, a write that only an exemption let through, or one that
 * opened break-glass. None for a dry run, which must leave no trace in the cluster.
 */
export function eventOf({ review, request, verdict, bypass }: Outcome): EventNote | undefined {
  if (!request?.change || request.dryRun) return undefined;
  const { change, objectUid } = request;
  const who = `${change.operation} by ${nameOf(change.user)}`;
  if (!review.response.allowed) {
    const why = verdict ? rulesIn(denialsIn(verdict)) : 'the guard itself failed';
    return warning('Refused', `${who} refused: ${why}`, objectUid);
  }
  const exemption = verdict && usedExemption(verdict);
  if (exemption) {
    const rules = rulesIn(verdict.findings.filter(({ exempted }) => exempted));
    return letThrough(who, rules, exemption, objectUid);
  }
  // From now on the object may be written as anybody with the right pleases.
  if (bypass?.standing !== 'open') return undefined;
  const message = `${who} opened break-glass until ${bypass.until}: ${bypass.reason}`;
  return warning('BreakGlassOpened', message, objectUid);
}

/** The Event of a judged restart of Terway's pods, by the same measure. */
export function eventOfRestart(outcome: RestartOutcome): EventNote | undefined {
  const { request, verdict, review, objectUid } = outcome;
  if (!verdict || !request?.restart || request.dryRun) return undefined;
  const { daemonSet, user } = request.restart;
  const who = `restart of ${printable(daemonSet)} by ${nameOf(user)}`;
  const rules = rulesIn(outagesIn(verdict));
  if (!review.response.allowed) {
    return warning('Refused', `${who} refused: ${rules}`, objectUid);
  }
  const exemption = usedForRestart(outcome);
  return exemption && letThrough(who, rules, exemption, objectUid);
}

function letThrough(
  who: string,
  rules: string,
  exemption: Exemption,
  objectUid: string | undefined,
): EventNote {
  const reason = exemption.source === 'break-glass' ? 'BreakGlass' : 'Exempted';
  const message = `${who} let through against ${rules} (${exemptionInWords(exemption)})`;
  return warning(reason, message, objectUid);
}

export const warning = (
  reason: EventReason,
  message: string,
  objectUid: string | undefined,
): EventNote => ({ type: 'Warning', reason, message, objectUid });

const nameOf = ({ name }: User) => printable(name, MAX_NAME_LENGTH) || 'nobody';

/** The rules of findings, each once. */
export function rulesIn(findings: readonly Finding[]): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  const more = rules.length - MAX_RULES;
  return more > 0
    ? `${rules.slice(0, MAX_RULES).join(', ')} and ${more} more`
    : listed(rules, 'and');
}

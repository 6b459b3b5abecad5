import type { Outcome } from '../admission/outcome.ts';
import type { AdmissionRequest } from '../admission/request.ts';
import type { User } from '../engine/core/eni-config.ts';
import { type Exemption, exemptionInWords } from '../engine/core/exemption.ts';
import { type Verdict, denialsIn, outagesIn } from '../engine/core/decide.ts';
import type { Finding } from '../engine/core/finding.ts';
import { wordsOf } from '../engine/report/finding-fields.ts';
import { fieldOf } from '../engine/report/finding-text.ts';
import { listed, printable } from '../engine/text/text.ts';
import { usedExemption } from './exemption.ts';

/**
 * Why an Event is written, as `kubectl get events` shows it, and of which type such an Event is.
 * Stable: people filter by both. docs/events.md describes them.
 */
export const EVENT_TYPES = {
  Refused: 'Warning',
  Exempted: 'Warning',
  BreakGlass: 'Warning',
  BreakGlassOpened: 'Warning',
  StoredObjectInvalid: 'Warning',
  StoredObjectValid: 'Normal',
  OverlayInvalid: 'Warning',
  OverlayValid: 'Normal',
} as const satisfies Readonly<Record<string, EventNote['type']>>;

export type EventReason = keyof typeof EVENT_TYPES;

/** The API server forgets an Event after an hour unless told otherwise. */
export const REPEAT_EVENT_MS = 30 * 60_000;

/**
 * Something to be seen at eni-config with `kubectl describe`. Two with equal reason, message and
 * object are one Event that happened twice, whichever replica saw it, so the message tells nothing
 * that differs from one time to the next.
 */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  /** One line without values of eni_conf, or of what looks like a credential. */
  readonly message: string;
  /** What is added to the message, and may differ from one time to the next. */
  readonly detail?: string | undefined;
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
 * The Event of a call: a refusal, what only an exemption let through, or a write that opened
 * break-glass. A dry run must leave no trace in the cluster, so it has no Event.
 */
export function eventOf(outcome: Outcome): EventNote | undefined {
  const { request, response, verdict, objections = [], breakGlass, objectUid } = outcome;
  if (!request || request.dryRun) return undefined;
  const what = whatOf(request);
  if (what === undefined) return undefined;
  const who = `${what} by ${nameOf(request.user)}`;
  if (!response.allowed) {
    const why = verdict ? reasonsIn(objections) : 'the guard itself failed';
    return noteOf('Refused', `${who} refused: ${why}`, objectUid, detailOf(objections));
  }
  const exemption = usedExemption(outcome);
  if (exemption) return letThrough(who, objections, exemption, objectUid);
  // From now on all who hold the right may write the object as they please.
  if (breakGlass?.status !== 'opened') return undefined;
  const message = `${who} opened break-glass until ${breakGlass.until}: ${breakGlass.reason}`;
  return noteOf('BreakGlassOpened', message, objectUid);
}

/** What was asked for; undefined when it was not for the guard to judge. */
export function whatOf({ change, restart }: AdmissionRequest): string | undefined {
  if (restart) return `restart of ${printable(restart.daemonSet)}`;
  if (!change?.overlay) return change?.operation;
  return `${change.operation} of ${printable(change.overlay.name, MAX_NAME_LENGTH)}`;
}

function letThrough(
  who: string,
  objections: readonly Finding[],
  exemption: Exemption,
  objectUid: string | undefined,
): EventNote {
  const reason = exemption.source === 'break-glass' ? 'BreakGlass' : 'Exempted';
  const message = `${who} let through against ${rulesIn(objections)} (${exemptionInWords(exemption)})${placeIn(objections)}`;
  return noteOf(reason, message, objectUid, detailOf(objections));
}

export const noteOf = (
  reason: EventReason,
  message: string,
  objectUid: string | undefined,
  detail?: string,
): EventNote => ({
  type: EVENT_TYPES[reason],
  reason,
  message,
  ...(detail === undefined ? {} : { detail }),
  objectUid,
});

/** What is wrong with a stored object that would be refused, and what the first finding says. */
export function whatIsWrong(verdict: Verdict) {
  const outages = outagesIn(verdict);
  const told = outages.length > 0 ? outages : denialsIn(verdict);
  const effect =
    outages.length > 0
      ? 'as stored, it takes nodes down when Terway pods restart'
      : 'as stored, a part of it does nothing';
  return { what: `${effect}: ${reasonsIn(told)}`, detail: detailOf(told) };
}

const nameOf = ({ name }: User) => printable(name, MAX_NAME_LENGTH) || 'a user without a name';

/** Where the first finding stands; what it says may count nodes or tell ages, and so is the detail. */
const placeIn = ([finding]: readonly Finding[]): string => (finding ? `; ${fieldOf(finding)}` : '');

/** The rules of findings, and the place of the first. */
const reasonsIn = (findings: readonly Finding[]): string =>
  `${rulesIn(findings)}${placeIn(findings)}`;

/** What the first finding says; nothing of eni_conf. */
const detailOf = ([finding]: readonly Finding[]): string | undefined =>
  finding && wordsOf(finding).message;

/** The rules of findings, each once. */
export function rulesIn(findings: readonly Finding[]): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  const more = rules.length - MAX_RULES;
  return more > 0
    ? `${rules.slice(0, MAX_RULES).join(', ')} and ${more} more`
    : listed(rules, 'and');
}

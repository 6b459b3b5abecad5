import { type Verdict, denialsIn } from '../engine/core/decide.ts';
import { exemptionInWords } from '../engine/core/exemption.ts';
import type { Finding } from '../engine/core/finding.ts';
import { count, printable, shortened } from '../engine/text/text.ts';
import {
  CONFLIST_KEY,
  CONF_KEY,
  type ConfigMap,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
} from '../engine/core/eni-config.ts';
import type { Injection } from '../engine/defaults/inject.ts';
import { ADMISSION_VERSION } from './request.ts';
import {
  BULLET,
  SINGLE_CAUSE_LEAD,
  describeFinding,
  fieldOf,
  summarizeFinding,
} from '../engine/report/finding-text.ts';

/** The vocabulary of answers: allowed, denied, unreadable, with a patch. */

/** One cause of a refusal, as kubectl shows it: `field: message`. */
export interface StatusCause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

/** `status` of a refusal: what the API server passes on to the client. */
export interface Status {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly kind: string;
    readonly name: string;
    readonly causes: readonly StatusCause[];
  };
}

export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Status;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly patchType?: 'JSONPatch';
  readonly patch?: string;
}

export interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

/** Causes in an answer, which must stay bounded; more are not mended in one go anyway. */
export const MAX_CAUSES = 20;
/** Warnings longer than this are cut by the API server once their total passes 4096. */
export const MAX_WARNING_LENGTH = 256;
const MAX_WARNINGS_LENGTH = 4096;
const MAX_ANNOTATION_LENGTH = 1000;

export function reviewOf(response: AdmissionResponse): AdmissionReview {
  return { apiVersion: ADMISSION_VERSION, kind: 'AdmissionReview', response };
}

/** Allowed without a word: not our object, or nothing to say. */
export function allowed(uid: string): AdmissionResponse {
  return { uid, allowed: true };
}

/** What an answer is about besides the object itself. */
export interface Subject {
  /** Of an overlay; else it is eni-config. */
  readonly name?: string | undefined;
  /** What a refusal says of the way back; undefined: it is not known. */
  readonly lastGood?: string | undefined;
}

/**
 * The answer for a verdict: findings become causes and message when refused, else warnings. `object`
 * is the one that was judged, whose lines are quoted.
 */
export function answer(
  uid: string,
  verdict: Verdict,
  object: ConfigMap | undefined,
  subject: Subject = {},
): AdmissionResponse {
  const warnings = warningsOf(verdict, object, subject);
  return {
    uid,
    allowed: verdict.allowed,
    ...(verdict.allowed ? {} : { status: invalid(verdict, object, subject) }),
    ...(warnings.length > 0 ? { warnings } : {}),
    auditAnnotations: annotationsOf(verdict),
  };
}

/**
 * The answer of the mutating webhook. The patch has no `test` operation: the API server applies it
 * to the very object it sent, and a test that failed would turn a good write into an error.
 */
export function mutated(
  uid: string,
  { conflist, warnings, injected }: Injection,
  conf?: string,
): AdmissionResponse {
  const told = conf === undefined ? warnings : [CONF_PUT_BACK, ...warnings];
  const patch = [...replacing(CONF_KEY, conf), ...replacing(CONFLIST_KEY, conflist)];
  return {
    uid,
    allowed: true,
    ...(told.length > 0
      ? { warnings: told.map((text) => shortened(text, MAX_WARNING_LENGTH)) }
      : {}),
    ...(injected.length > 0 ? { auditAnnotations: { injected: injected.join(',') } } : {}),
    ...(patch.length === 0
      ? {}
      : {
          patchType: 'JSONPatch' as const,
          patch: base64(JSON.stringify(patch)),
        }),
  };
}

const CONF_PUT_BACK =
  `data[${CONF_KEY}]: the stored text was kept: yours is the same JSON in another layout, and ` +
  'this key is not to be edited; write it as it is stored, or leave it out of a file that was ' +
  'never applied with it';

/** The patch of one key of data; the keys hold nothing that a JSON pointer escapes. */
const replacing = (key: string, value: string | undefined) =>
  value === undefined ? [] : [{ op: 'replace', path: `/data/${key}`, value }];

/**
 * A refusal that is not about the change itself. `reason` BadRequest makes kubectl print the
 * message and leave the editor: there is nothing in the user's text to correct.
 */
export function refused(uid: string, message: string): AdmissionResponse {
  return {
    uid,
    allowed: false,
    status: { code: 400, reason: 'BadRequest', message: `eni-config-guard: ${message}` },
  };
}

/**
 * 422 Invalid with causes re-opens `kubectl edit` on the user's text. Some clients show only the
 * causes, others only the message, so each of the two tells everything.
 */
function invalid(
  verdict: Verdict,
  object: ConfigMap | undefined,
  { name: subject = GUARDED_NAME, lastGood }: Subject,
): Status {
  const name = printable(subject);
  const denials = denialsIn(verdict);
  const { shown, hidden } = firstCauses(denials, object);
  const problems = shown.length + hidden;
  if (hidden > 0) {
    shown.push({
      reason: 'FieldValueInvalid',
      field: 'data',
      message: `and ${count(hidden, 'more problem')}; mend these first`,
    });
  }
  return {
    code: 422,
    reason: 'Invalid',
    message: [
      `eni-config-guard refuses this change of ${GUARDED_NAMESPACE}/${name}: ` +
        count(problems, 'problem'),
      ...shown.map(({ field, message }) => `${BULLET}${field}: ${message}`),
      'Nothing was changed.',
      ...(lastGood === undefined ? [] : [lastGood]),
    ].join('\n'),
    details: { kind: 'ConfigMap', name, causes: shown },
  };
}

/** The causes to show, each once, and how many findings are left; those are not even rendered. */
function firstCauses(
  findings: readonly Finding[],
  object: ConfigMap | undefined,
): { shown: StatusCause[]; hidden: number } {
  const causes = new Map<string, StatusCause>();
  const lead = findings.length === 1 ? SINGLE_CAUSE_LEAD : BULLET;
  let seen = 0;
  for (const finding of findings) {
    if (causes.size === MAX_CAUSES) break;
    seen += 1;
    const field = fieldOf(finding);
    const message = describeFinding(finding, object, lead.length);
    causes.set(`${field}: ${message}`, { reason: finding.reason, field, message });
  }
  return { shown: [...causes.values()], hidden: findings.length - seen };
}

function warningsOf(
  verdict: Verdict,
  object: ConfigMap | undefined,
  { lastGood }: Subject,
): string[] {
  return boundWarnings(textsOf(verdict, object, lastGood));
}

/**
 * One by one: of thousands only the first few are shown, and the others are not even rendered. kubectl
 * shows no message of a refusal, so the way back is a warning beside it, too.
 */
function* textsOf(
  { allowed: isAllowed, findings }: Verdict,
  object: ConfigMap | undefined,
  lastGood: string | undefined,
): Iterable<string> {
  for (const finding of findings) {
    if (finding.severity === 'warn') yield summarizeFinding(finding, object, MAX_WARNING_LENGTH);
  }
  if (lastGood !== undefined && !isAllowed) yield lastGood;
}

/** Each text once, as long as all together fit. */
export function boundWarnings(texts: Iterable<string>): string[] {
  const warnings = new Set<string>();
  let total = 0;
  for (const text of texts) {
    if (warnings.has(text)) continue;
    total += text.length;
    if (total > MAX_WARNINGS_LENGTH) break;
    warnings.add(text);
  }
  return [...warnings];
}

/** Keys without a slash (the API server drops others); rule ids only, never document values. */
export function annotationsOf({
  allowed: isAllowed,
  findings,
  exemption,
}: Verdict): Record<string, string> {
  const rules = [...new Set(findings.map((finding) => finding.rule))].join(',');
  return {
    verdict: isAllowed ? 'allow' : 'deny',
    ...(rules === '' ? {} : { rules: printable(rules, MAX_ANNOTATION_LENGTH) }),
    ...(exemption === undefined ? {} : { exemption: exemptionInWords(exemption) }),
  };
}

/** At once at most this many bytes become characters: they are arguments of one call. */
const CHUNK_BYTES = 8192;

/** The UTF-8 of a text in base64. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let characters = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + CHUNK_BYTES);
    // Spread into a call, each byte would be taken from an iterator.
    characters += Reflect.apply(String.fromCharCode, undefined, chunk) as string;
  }
  return btoa(characters);
}

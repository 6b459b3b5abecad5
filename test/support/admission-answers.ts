import type { Test } from 'tap';
import type {
  AdmissionResponse,
  AdmissionReview,
  Status,
  StatusCause,
} from '../../src/admission/response.ts';
import type { Answer } from './https-client.ts';
import { UID } from './reviews.ts';

/**
 * What every answer must be like, whatever the request was (docs/answers.md). An answer that is as
 * it must be counts as one assertion, as a thousand bodies get one each.
 */

/** Half of what a ConfigMap can hold: no text makes the guard answer with more than it was sent. */
const MAX_ANSWER_BYTES = 512 * 1024;

const MAX_CAUSES = 20;

/** Controls, line separators, lone surrogates: what breaks editors, terminals and warnings. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The unsafe characters of `text`, named, so that a failing test does not print them. */
const unsafeIn = (text: string, where: string) =>
  (text.match(UNSAFE) ?? []).map(
    (unit) => `${where} holds U+${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Asserts HTTP 200 with a well-formed AdmissionReview for `uid`, and returns its response. */
export function assertJudged(t: Test, answer: Answer, uid = UID): AdmissionResponse {
  t.same([...faultsIn(answer, uid)], [], 'a well-formed AdmissionReview');
  return (JSON.parse(answer.body) as AdmissionReview).response;
}

export function assertAllowed(t: Test, answer: Answer, uid = UID): AdmissionResponse {
  const response = assertJudged(t, answer, uid);
  t.equal(response.allowed, true, 'allows', { status: response.status });
  return response;
}

/** Asserts a refusal whose message matches; which rules spoke stands at the end of each cause. */
export function assertDenied(t: Test, answer: Answer, message = /./, uid = UID): AdmissionResponse {
  const response = assertJudged(t, answer, uid);
  t.equal(response.allowed, false, 'refuses');
  t.match(response.status?.message, message);
  return response;
}

/** Asserts a 4xx whose body says in one line of text what is wrong with the call. */
export function assertBadCall(t: Test, answer: Answer, reason = /./): void {
  t.ok(answer.status >= 400 && answer.status < 500, 'answers HTTP 4xx', { answer });
  t.match(answer.headers.get('content-type'), /^text\/plain\b/, 'the reason is text');
  t.match(answer.body, /^\P{Cc}+\n?$/u, 'the reason is one line');
  t.match(answer.body, reason);
}

/** What is wrong with an answer, in words. */
export function* faultsIn({ status, headers, body }: Answer, uid: string): Generator<string> {
  if (status !== 200) yield `HTTP ${status}: ${body.slice(0, 200)}`;
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\b/.test(type)) yield `content type ${type}`;
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_ANSWER_BYTES) yield `an answer of ${bytes} bytes`;
  const { response, ...address } = JSON.parse(body) as AdmissionReview;
  const { apiVersion, kind }: { apiVersion: string; kind: string } = address;
  if (apiVersion !== 'admission.k8s.io/v1') yield `apiVersion ${apiVersion}`;
  if (kind !== 'AdmissionReview') yield `kind ${kind}`;
  if (response.uid !== uid) yield `the uid ${response.uid} instead of ${uid}`;
  if (typeof response.allowed !== 'boolean') yield 'it neither allows nor refuses';
  if ((response.status === undefined) !== response.allowed) {
    yield 'a refusal without a status, or a status without a refusal';
  }
  if (response.status) yield* faultsInStatus(response.status);
  yield* faultsInWarnings(response.warnings ?? []);
  for (const [key, value] of Object.entries(response.auditAnnotations ?? {})) {
    if (!/^[A-Za-z0-9._-]+$/.test(key)) yield `the key ${JSON.stringify(key)} of an annotation`;
    yield* unsafeIn(value, `annotation ${key}`);
  }
}

function* faultsInStatus({ code, reason, message, details }: Status): Generator<string> {
  yield* faultsInText(message, 'status.message');
  if (code !== 422) {
    if (code !== 400 || reason !== 'BadRequest') yield `status ${code} ${reason}`;
    return;
  }
  if (reason !== 'Invalid') yield `status 422 ${reason}`;
  if (details?.kind !== 'ConfigMap' || details.name !== 'eni-config') {
    yield `details of ${details?.kind} ${details?.name}`;
  }
  const causes = details?.causes ?? [];
  if (causes.length < 1) yield 'a refusal without causes';
  if (causes.length > MAX_CAUSES + 1) yield `${causes.length} causes`;
  const shown = causes.map((cause) => `${cause.field}: ${cause.message}`);
  if (new Set(shown).size !== shown.length) yield 'a cause that stands there twice';
  for (const cause of causes) yield* faultsInCause(cause);
}

function* faultsInCause(cause: StatusCause): Generator<string> {
  if (!/^[A-Z][A-Za-z]+$/.test(cause.reason)) yield `the reason ${cause.reason} of a cause`;
  if (cause.field === '') yield 'a cause without a field';
  yield* unsafeIn(cause.field, 'the field of a cause');
  yield* faultsInText(cause.message, 'the message of a cause');
  for (const line of cause.message.split('\n').slice(1)) {
    if (!line.startsWith('  ')) yield `a line that is not indented: ${line.slice(0, 80)}`;
  }
}

function* faultsInText(text: string, where: string): Generator<string> {
  if (text.trim() === '') yield `${where} says nothing`;
  yield* unsafeIn(text.replaceAll('\n', ''), where);
  if (text.endsWith('\n')) yield `${where} has a trailing newline`;
}

function* faultsInWarnings(warnings: readonly string[]): Generator<string> {
  for (const warning of warnings) {
    yield* unsafeIn(warning, 'a warning');
    if (warning.length < 1 || warning.length > 256) {
      yield `a warning of ${warning.length} characters`;
    }
  }
  const total = warnings.join('').length;
  if (total > 4096) yield `warnings of ${total} characters in total`;
}

import type { Test } from 'tap';
import type { AdmissionResponse, AdmissionReview } from '../../src/admission/response.ts';
import type { Answer } from './https-client.ts';
import { UID } from './reviews.ts';

/** What every answer must be like, whatever the request was (docs/answers.md). */

/** Half of what a ConfigMap can hold: no text makes the guard answer with more than it was sent. */
const MAX_ANSWER_BYTES = 512 * 1024;

const MAX_CAUSES = 20;

/** Controls, line separators, lone surrogates: what breaks editors, terminals and warnings. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The unsafe characters of `text`, named, so that a failing test does not print them. */
const unsafeIn = (text: string) =>
  (text.match(UNSAFE) ?? []).map((unit) => `U+${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Asserts HTTP 200 with a well-formed AdmissionReview for `uid`, and returns its response. */
export function assertJudged(t: Test, answer: Answer, uid = UID): AdmissionResponse {
  t.equal(answer.status, 200, 'answers HTTP 200', { body: answer.body.slice(0, 200) });
  t.match(answer.headers.get('content-type'), /^application\/json\b/);
  t.ok(Buffer.byteLength(answer.body) <= MAX_ANSWER_BYTES, 'the answer is bounded in size');
  const { apiVersion, kind, response } = JSON.parse(answer.body) as AdmissionReview;
  t.same({ apiVersion, kind }, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
  t.equal(response.uid, uid, 'the answer carries the uid of the request');
  t.type(response.allowed, 'boolean');
  t.equal(response.status === undefined, response.allowed, 'a refusal, and only it, has a status');
  if (response.status) assertStatus(t, response.status);
  assertWarnings(t, response.warnings ?? []);
  for (const [key, value] of Object.entries(response.auditAnnotations ?? {})) {
    t.match(key, /^[A-Za-z0-9._-]+$/, 'annotation keys have no slash');
    t.same(unsafeIn(value), [], 'annotations hold no control character');
  }
  return response;
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

function assertStatus(
  t: Test,
  { code, reason, message, details }: NonNullable<AdmissionResponse['status']>,
): void {
  assertText(t, message, 'status.message');
  if (code !== 422) {
    t.match({ code, reason }, { code: 400, reason: 'BadRequest' });
    return;
  }
  t.equal(reason, 'Invalid');
  t.match(details, { kind: 'ConfigMap', name: 'eni-config' });
  const causes = details?.causes ?? [];
  t.ok(causes.length >= 1, 'a refusal has causes');
  t.ok(causes.length <= MAX_CAUSES + 1, `at most ${MAX_CAUSES} causes and a word on the rest`);
  const shown = causes.map((cause) => `${cause.field}: ${cause.message}`);
  t.equal(new Set(shown).size, shown.length, 'no cause stands there twice');
  for (const cause of causes) {
    t.match(cause.reason, /^[A-Z][A-Za-z]+$/);
    t.not(cause.field, '', 'a cause has a field');
    t.same(unsafeIn(cause.field), [], 'the field of a cause holds no control character');
    assertText(t, cause.message, 'the message of a cause');
    const [, ...continuation] = cause.message.split('\n');
    t.same(
      continuation.filter((line) => !line.startsWith('  ')).map((line) => line.slice(0, 80)),
      [],
      'continuation lines are indented by two spaces',
    );
  }
}

function assertText(t: Test, text: string, where: string): void {
  t.not(text.trim(), '', `${where} says something`);
  t.same(unsafeIn(text.replaceAll('\n', '')), [], `${where} holds no control character but LF`);
  t.notMatch(text, /\n$/, `${where} has no trailing newline`);
}

function assertWarnings(t: Test, warnings: readonly string[]): void {
  for (const warning of warnings) {
    t.same(unsafeIn(warning), [], 'a warning is one line without control characters');
    t.ok(warning.length >= 1 && warning.length <= 256, 'a warning has at most 256 characters');
  }
  t.ok(warnings.join('').length <= 4096, 'warnings have at most 4096 characters in total');
}

import t from 'tap';
import type { AdmissionResponse } from '../../../src/admission/response.ts';
import { faultsIn } from '../../support/admission-answers.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const REFUSAL: AdmissionResponse = {
  uid: 'u',
  allowed: false,
  status: {
    code: 422,
    reason: 'Invalid',
    message: 'two\n  lines',
    details: {
      kind: 'ConfigMap',
      name: 'eni-config',
      causes: [{ reason: 'FieldValueInvalid', field: 'data', message: 'two\n  lines' }],
    },
  },
  warnings: ['a warning'],
  auditAnnotations: { rules: 'json-syntax' },
};

/** An answer with this response, or with other parts. */
const faults = (
  response: object,
  { status = 200, type = JSON_TYPE, kind = 'AdmissionReview', version = 'v1' } = {},
) => [
  ...faultsIn(
    {
      status,
      headers: new Map([['content-type', type]]),
      body: JSON.stringify({ apiVersion: `admission.k8s.io/${version}`, kind, response }),
    },
    'u',
  ),
];

const withStatus = (more: object) => ({ ...REFUSAL, status: { ...REFUSAL.status, ...more } });
const withCauses = (...causes: readonly object[]) =>
  withStatus({ details: { ...REFUSAL.status!.details, causes } });
const cause = REFUSAL.status!.details!.causes[0]!;

t.test('a good answer has no fault', async (t) => {
  t.same(faults(REFUSAL), []);
  t.same(faults({ uid: 'u', allowed: true }), []);
  t.same(faults(withStatus({ code: 400, reason: 'BadRequest', details: undefined })), []);
});

t.test('every fault of an answer is found', async (t) => {
  const FAULTY: readonly (readonly [fault: RegExp, faults: readonly string[]])[] = [
    [/^HTTP 500/, faults(REFUSAL, { status: 500 })],
    [/^content type/, faults(REFUSAL, { type: 'text/plain' })],
    [/^kind/, faults(REFUSAL, { kind: 'Status' })],
    [/^apiVersion/, faults(REFUSAL, { version: 'v1beta1' })],
    [/^an answer of \d+ bytes/, faults({ uid: 'u', allowed: true, patch: 'x'.repeat(600_000) })],
    [/^the uid/, faults({ ...REFUSAL, uid: 'v' })],
    [/^it neither allows/, faults({ ...REFUSAL, allowed: 'no' })],
    [/^a refusal without a status/, faults({ ...REFUSAL, status: undefined })],
    [/^a refusal without a status, or/, faults({ ...REFUSAL, allowed: true })],
    [/^status 400/, faults(withStatus({ code: 400 }))],
    [/^status 422/, faults(withStatus({ reason: 'Wrong' }))],
    [/^details of/, faults(withStatus({ details: { ...REFUSAL.status!.details, kind: 'Pod' } }))],
    [/^status\.message says nothing/, faults(withStatus({ message: ' ' }))],
    [/^status\.message holds U\+001b/, faults(withStatus({ message: 'a\u001b' }))],
    [/^status\.message has a trailing/, faults(withStatus({ message: 'a\n' }))],
    [/^a refusal without causes/, faults(withCauses())],
    [/^22 causes/, faults(withCauses(...Array.from({ length: 22 }, () => cause)))],
    [/stands there twice/, faults(withCauses(cause, cause))],
    [/^the reason .* of a cause/, faults(withCauses({ ...cause, reason: 'no' }))],
    [/^a cause without a field/, faults(withCauses({ ...cause, field: '' }))],
    [/^the field of a cause holds/, faults(withCauses({ ...cause, field: 'a\n' }))],
    [/^the message of a cause says nothing/, faults(withCauses({ ...cause, message: '' }))],
    [/not indented/, faults(withCauses({ ...cause, message: 'a\nb' }))],
    [/^a warning holds U\+000a/, faults({ ...REFUSAL, warnings: ['a\n'] })],
    [/^a warning of 257/, faults({ ...REFUSAL, warnings: ['x'.repeat(257)] })],
    [/^a warning of 0/, faults({ ...REFUSAL, warnings: [''] })],
    [
      /in total$/,
      faults({ ...REFUSAL, warnings: Array.from({ length: 17 }, () => 'x'.repeat(250)) }),
    ],
    [/^the key "a\/b"/, faults({ ...REFUSAL, auditAnnotations: { 'a/b': 'c' } })],
    [/^annotation a holds/, faults({ ...REFUSAL, auditAnnotations: { a: '\ud800' } })],
  ];
  for (const [fault, found] of FAULTY) t.match(found, [fault], String(fault));
});

import t from 'tap';
import {
  type AdmissionResponse,
  allowed,
  refused,
  reviewOf,
} from '../../../src/admission/response.ts';
import { validate } from '../../../src/admission/validate.ts';
import type { Verdict } from '../../../src/engine/core/decide.ts';
import type { DecidedFinding } from '../../../src/engine/core/finding.ts';
import { paste, prose } from '../../../src/engine/core/fix.ts';
import type { LastGoodRevision } from '../../../src/engine/report/last-good.ts';
import { configMap } from '../../support/changes.ts';
import { BASE_VETH, type Data, GOOD, TYPO } from '../../support/config-maps.ts';
import { UID, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { EDITS } from '../engine/rules/edits/index.ts';

import { finding, verdict } from '../../support/decided-findings.ts';
import { answered, faults, respond } from '../../support/responses.ts';

/** How verdicts are answered. */

t.test('allowed without a word', (t) => {
  t.same(reviewOf(allowed(UID)), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: UID, allowed: true },
  });
  t.end();
});

t.test('a request that cannot be judged leaves the editor', (t) => {
  t.same(refused(UID, 'request.object is missing'), {
    uid: UID,
    allowed: false,
    status: {
      code: 400,
      reason: 'BadRequest',
      message: 'eni-config-guard: request.object is missing',
    },
  });
  t.end();
});

t.test('an accepted change without findings', async (t) => {
  t.same(await respond({ ...BASE_VETH, felix_relay_service: 'calico-typha' }), {
    uid: UID,
    allowed: true,
    auditAnnotations: { verdict: 'allow' },
  });
});

t.test('an accepted change with warnings', async (t) => {
  t.same(await respond({ ...BASE_VETH, disable_network_policy: 'False' }), {
    uid: UID,
    allowed: true,
    warnings: [
      'data[disable_network_policy]: "False" switches NetworkPolicy off; only "false", "0" or an empty text keeps it on; fix: "false" (network-policy-text)',
      "data[disable_network_policy]: disable_network_policy acts on a node at the next start of Terway's containers there (a crash is one); on all: kubectl rollout restart -n kube-system daemonset.apps/terway-eniip (takes-effect)",
    ],
    auditAnnotations: { verdict: 'allow', rules: 'network-policy-text,takes-effect' },
  });
});

t.test('a refusal, whole', (t) => {
  const object = configMap({
    '10-terway.conflist': '{\n  "plugins": [\n    {"type": "portmapp"}\n  ]\n}\n',
  });
  const typo = finding({
    path: ['plugins', 0, 'type'],
    at: { offset: 30, length: 10 },
    message: 'there is no plugin "portmapp"; did you mean "portmap"?',
    reason: 'FieldValueNotSupported',
    fix: paste('"type": "portmap"'),
  });
  const missing = finding({
    key: 'eni_conf',
    path: [],
    message: 'the key eni_conf is missing, which is told at such length that it needs another line',
    rule: 'eni-conf-missing',
    reason: 'FieldValueRequired',
    fix: prose('keep the key eni_conf'),
  });
  const first = [
    'there is no plugin "portmapp"; did you mean "portmap"?',
    '  line 3, column 14 of 10-terway.conflist:',
    '        {"type": "portmapp"}',
    '                 ^^^^^^^^^^',
    '  fix: "type": "portmap"',
    '  see: eni-config-guard explain plugin-typo',
    '  rule: eni-config-guard/plugin-typo',
  ].join('\n');
  const second = [
    'the key eni_conf is missing, which is told at such length that it needs another',
    '  line',
    '  fix: keep the key eni_conf',
    '  see: eni-config-guard explain eni-conf-missing',
    '  rule: eni-config-guard/eni-conf-missing',
  ].join('\n');
  const response = answered({ allowed: false, findings: [typo, missing] }, object);
  t.same(response, {
    uid: UID,
    allowed: false,
    status: {
      code: 422,
      reason: 'Invalid',
      message: [
        'eni-config-guard refuses this change of kube-system/eni-config: 2 problems',
        `* data[10-terway.conflist].plugins[0].type: ${first}`,
        `* data[eni_conf]: ${second}`,
        'Nothing was changed.',
      ].join('\n'),
      details: {
        kind: 'ConfigMap',
        name: 'eni-config',
        causes: [
          {
            reason: 'FieldValueNotSupported',
            field: 'data[10-terway.conflist].plugins[0].type',
            message: first,
          },
          { reason: 'FieldValueRequired', field: 'data[eni_conf]', message: second },
        ],
      },
    },
    auditAnnotations: { verdict: 'deny', rules: 'plugin-typo,eni-conf-missing' },
  });
  t.end();
});

t.test('a refusal names the last good revision where one is known', async (t) => {
  const good = { number: 12, at: '2026-01-08T10:00:31.123Z', object: configMap(GOOD) };
  const refusal = async (lastGood: LastGoodRevision | undefined, data = TYPO, old: Data = GOOD) =>
    respond(data, old, { ...WEBHOOK, lastGood: () => lastGood });
  const stored = await refusal(good);
  const line = 'last good: revision 12, which is stored';
  t.equal(stored.status?.message.split('\n').at(-1), line);
  t.equal(stored.warnings?.at(-1), line);
  t.same(faults(stored), []);
  // A write that the history does not show yet.
  const past = await refusal(good, TYPO, { ...GOOD, eni_conf: `${GOOD.eni_conf} ` });
  const back = 'last good: revision 12 of 2026-01-08T10:00:31Z: eni-config-guard rollback 12';
  t.equal(past.warnings?.at(-1), back);
  const unknown = await refusal(undefined);
  t.equal(unknown.status?.message.split('\n').at(-1), 'Nothing was changed.');
  t.notMatch(JSON.stringify(await refusal(good, GOOD)), /last good/);
});

t.test('a place in eni_conf is told without its line', (t) => {
  const object = configMap({ eni_conf: '{\n  "access_secret": 12345\n}' });
  const secret = finding({
    key: 'eni_conf',
    path: ['access_secret'],
    at: { offset: 21, length: 5 },
    message: 'must be text',
    rule: 'field-type',
  });
  const { status } = answered({ allowed: false, findings: [secret] }, object);
  t.equal(
    status?.details?.causes[0]?.message,
    [
      'must be text',
      '  line 2, column 20 of eni_conf',
      '  fix: mend it',
      '  see: eni-config-guard explain field-type',
      '  rule: eni-config-guard/field-type',
    ].join('\n'),
  );
  t.end();
});

t.test('a long remedy in prose is folded, one to paste is not', (t) => {
  const words = 'upgrade Terway in the console, wait until all nodes have it, '.repeat(3).trim();
  const quotedWords = `"masqAll" first: ${words}`;
  const member = `"host_stack_cidrs": [${Array<string>(9).fill('"169.254.20.10/32"').join(', ')}]`;
  const element = `1${'0'.repeat(60)} ${'2'.repeat(60)}`;
  const fixes = [prose(words), prose(quotedWords), paste(member), paste(element)].map((fix) => {
    const { status } = answered(verdict(finding({ fix })));
    return status?.details?.causes[0]?.message.split('\n').slice(1, -2);
  });
  t.same(fixes, [
    [
      '  fix: upgrade Terway in the console, wait until all nodes have it, upgrade Terway in the console,',
      '    wait until all nodes have it, upgrade Terway in the console, wait until all nodes have it,',
    ],
    [
      '  fix: "masqAll" first: upgrade Terway in the console, wait until all nodes have it, upgrade Terway',
      '    in the console, wait until all nodes have it, upgrade Terway in the console, wait until all',
      '    nodes have it,',
    ],
    [`  fix: ${member}`],
    [`  fix: ${element}`],
  ]);
  t.end();
});

t.test('a refusal of the object as a whole has a field, too', async (t) => {
  const body = reviewBody({ operation: 'DELETE', oldData: BASE_VETH });
  const { response } = await validate(body, WEBHOOK);
  t.match(response.status?.details?.causes, [
    { field: 'metadata.name', reason: 'FieldValueForbidden', message: /must not be deleted/ },
  ]);
  t.same(faults(response), []);
});

t.test('the field of a cause is the place, from the key on', (t) => {
  const places: [members: Partial<DecidedFinding>, field: string][] = [
    [{ path: ['plugins', 1, 'masqAll'] }, 'data[10-terway.conflist].plugins[1].masqAll'],
    [{ path: [] }, 'data[10-terway.conflist]'],
    [{ path: [0] }, 'data[10-terway.conflist][0]'],
    [{ path: ['a.b'] }, 'data[10-terway.conflist]["a.b"]'],
    [{ key: 'eni_conf', path: ['max_pool_size'] }, 'data[eni_conf].max_pool_size'],
  ];
  for (const [members, field] of places) {
    const { status } = answered(verdict(finding(members)));
    t.equal(status?.details?.causes[0]?.field, field);
  }
  t.end();
});

t.test('causes that read the same stand there once', (t) => {
  const { status } = answered(
    verdict(finding(), finding(), finding({ message: 'this is wrong, too' })),
  );
  t.same(
    status?.details?.causes.map(({ message }) => message.split('\n')[0]),
    ['this is wrong', 'this is wrong, too'],
  );
  t.match(status?.message, /: 2 problems\n/);
  t.end();
});

t.test('of many causes 20 are told, and how many are not', (t) => {
  const problems = (count: number) =>
    Array.from({ length: count }, (_, index) => finding({ message: `problem ${index + 1}` }));
  const causesOf = (count: number) =>
    answered(verdict(...problems(count))).status?.details?.causes ?? [];

  t.equal(causesOf(20).length, 20);
  t.match(causesOf(20).at(-1)?.message, /^problem 20\n/);
  t.equal(causesOf(21).length, 21);
  t.same(causesOf(21).at(-1), {
    reason: 'FieldValueInvalid',
    field: 'data',
    message: 'and 1 more problem; mend these first',
  });
  t.match(causesOf(100).at(-1)?.message, 'and 80 more problems; mend these first');
  const { status } = answered(verdict(...problems(100)));
  t.match(status?.message, /: 100 problems\n/);
  t.match(status?.message, 'and 80 more problems; mend these first');
  t.end();
});

t.test('warnings ride along with a refusal, but are no causes of it', (t) => {
  const response = answered(
    verdict(finding(), finding({ severity: 'warn', rule: 'plugin-unknown', message: 'odd' })),
  );
  t.equal(response.status?.details?.causes.length, 1);
  t.same(response.warnings, [
    'data[10-terway.conflist].plugins[1]: odd; fix: mend it (plugin-unknown)',
  ]);
  t.end();
});

t.test('audit findings are told to the audit log alone', (t) => {
  t.same(answered(verdict(finding({ severity: 'audit' }))), {
    uid: UID,
    allowed: true,
    auditAnnotations: { verdict: 'allow', rules: 'plugin-typo' },
  });
  t.end();
});

t.test('what was stored before is told as that', (t) => {
  const stored = finding({ severity: 'warn', stored: true });
  t.match(answered(verdict(stored)).warnings, [/^already stored: .*: this is wrong; /]);
  t.end();
});

t.test('an exemption stands in the audit log', (t) => {
  const exempted: Verdict = { ...verdict(), exemption: { source: 'user', name: 'system:ack' } };
  t.same(answered(exempted).auditAnnotations, {
    verdict: 'allow',
    exemption: 'user system:ack',
  });
  t.end();
});

t.test('a warning is cut at 256 characters, all of them at 4096', (t) => {
  const long = (name: string) => finding({ severity: 'warn', message: name.padEnd(400, 'x') });
  const one = answered(verdict(long('a'))).warnings ?? [];
  t.equal(one[0]?.length, 256);
  t.match(one[0], /x\.\.\.; fix: mend it \(plugin-typo\)$/);
  const many = Array.from({ length: 100 }, (_, index) => long(`warning ${index} `));
  const warnings = answered(verdict(...many)).warnings ?? [];
  t.equal(warnings.length, 16);
  t.equal(warnings.join('').length, 4096);
  t.match(warnings[0], /warning 0 /, 'the first ones are kept');
  t.end();
});

t.test('a warning is not cut through a character', (t) => {
  for (const before of ['', 'x']) {
    const message = `${before}${'\ud83d\ude00'.repeat(200)}`;
    const [warning = ''] = answered(verdict(finding({ severity: 'warn', message }))).warnings ?? [];
    t.notMatch(warning, /\p{Cs}/u, `after "${before}"`);
    t.ok(warning.length <= 256);
  }
  t.end();
});

/** What kubectl prints of a refusal: the causes, a single one on the line of its lead. */
function onTerminal({ status }: AdmissionResponse): string {
  const causes = (status?.details?.causes ?? []).map(
    ({ field, message }) => `${field}: ${message}`,
  );
  const lead = 'The ConfigMap "eni-config" is invalid: ';
  return causes.length === 1
    ? `${lead}${causes.join('')}`
    : [lead, ...causes.map((cause) => `* ${cause}`)].join('\n');
}

/** The lines that are wider than they may be. */
function wideLines(response: AdmissionResponse): string[] {
  // What is to be pasted, and the excerpt with its carets, may be wider; and the guard can not fold the
  // place and the first word after it.
  const mayBeWider = /^ {2}fix: |^ {4}|^(\* |The ConfigMap "eni-config" is invalid: )\S+: \S+$/;
  const lines = `${response.status?.message ?? ''}\n${onTerminal(response)}`.split('\n');
  return lines.filter((line) => line.length > 100 && !mayBeWider.test(line));
}

t.test(
  'a worked edit is told in the agreed shape, in lines of at most 100 characters',
  async (t) => {
    for (const { name, change, facts, policy } of EDITS) {
      const response = answered(verdictOn(change, facts, policy), change.new);
      t.same([...faults(response), ...wideLines(response)], [], name);
    }
  },
);

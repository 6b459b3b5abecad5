import { createHash } from 'node:crypto';
import t from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import { createDecisionLog } from '../../../src/audit/decision-log.ts';
import { type Facts, NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import {
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { known, knownVersion } from '../../support/facts.ts';
import { keepLines } from '../../support/kept-lines.ts';
import { type ReviewOptions, UID, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const DURATIONS = { read: 0.1, review: 0.2, answer: 0.3, total: 0.6 };
const BAD = withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, type: 'portmapp' }], null));

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The fields of the line about one review; undefined when there is none. */
async function fieldsOf(
  options: ReviewOptions,
  webhook: WebhookOptions = WEBHOOK,
  endpoint = validate,
) {
  const { log, lines } = keepLines();
  const outcome = await endpoint(reviewBody(options), webhook);
  createDecisionLog(log)(endpoint === mutate ? 'mutate' : 'validate', outcome, DURATIONS);
  t.ok(lines.length <= 1);
  return lines[0]?.fields;
}

const change = async (data: Data, options: ReviewOptions = {}, webhook = WEBHOOK) =>
  await fieldsOf({ oldData: BASE_VETH, data, ...options }, webhook);

const withPolicy = (policy: Partial<Policy>): WebhookOptions => ({
  ...WEBHOOK,
  policy: { ...DEFAULT_POLICY, ...policy },
});

t.test('a refused write: who, what, why, where', async (t) => {
  const webhook = withPolicy({ rules: new Map([['chain-version', 'off']]) });
  t.same(await change(BAD, { dryRun: true }, webhook), {
    schema: 1,
    decision: 'review',
    endpoint: 'validate',
    uid: UID,
    operation: 'UPDATE',
    dryRun: true,
    user: 'alice',
    groups: ['devs', 'system:authenticated'],
    fieldManager: 'kubectl-edit',
    verdict: 'deny',
    unmodified: 'deny',
    findings: [
      {
        rule: 'plugin-typo',
        severity: 'deny',
        unmodified: 'deny',
        key: '10-terway.conflist',
        path: 'plugins[1].type',
        line: 1,
        column: BAD['10-terway.conflist']!.indexOf('"portmapp"') + 1,
        message: 'there is no plugin "portmapp"; did you mean "portmap"?',
        fix: '"type": "portmap"',
      },
    ],
    findingsOmitted: 0,
    changed: [{ key: '10-terway.conflist', after: sha256(BAD['10-terway.conflist']!) }],
    changedOmitted: 0,
    facts: {},
    durationMs: DURATIONS,
  });
});

t.test('a chain and its conf can be compared with files', async (t) => {
  const conf = GOOD['10-terway.conf']!;
  const chain = GOOD['10-terway.conflist']!;
  const edited = { ...BAD, '10-terway.conf': `${conf} ` };
  t.same((await fieldsOf({ oldData: GOOD, data: edited }))?.changed, [
    { key: '10-terway.conf', before: sha256(conf), after: sha256(`${conf} `) },
    {
      key: '10-terway.conflist',
      before: sha256(chain),
      after: sha256(BAD['10-terway.conflist']!),
    },
  ]);
  t.match(
    (await fieldsOf({ operation: 'DELETE', oldData: { '10-terway.conflist': chain } }))?.changed,
    [{ key: '10-terway.conflist', before: sha256(chain), after: undefined }],
  );
});

t.test('every other key is hashed under a key that the process keeps to itself', async (t) => {
  const { log, lines } = keepLines();
  const decide = createDecisionLog(log);
  const other = { ...BASE_VETH, eni_conf: '{}', 'license.key': 'a' };
  for (const [oldData, data] of [
    [BASE_VETH, other],
    [other, BASE_VETH],
  ]) {
    decide('validate', await validate(reviewBody({ oldData, data }), WEBHOOK), DURATIONS);
  }
  type Changed = { readonly key: string; readonly before?: string; readonly after?: string }[];
  const [there, back] = lines.map(({ fields }) => fields.changed as Changed);
  const find = (changed: Changed | undefined, key: string) =>
    changed?.find((entry) => entry.key === key);
  t.equal(find(there, 'eni_conf')?.before, find(back, 'eni_conf')?.after, 'the same text again');
  t.not(find(there, 'eni_conf')?.before, find(there, 'eni_conf')?.after);
  for (const key of ['eni_conf', 'license.key']) {
    t.match(find(there, key)?.after, /^hmac-sha256:[0-9a-f]{64}$/);
    t.not(find(there, key)?.after?.includes(sha256(other[key as 'eni_conf']).slice(7)), true);
  }
  createDecisionLog(log)(
    'validate',
    await validate(reviewBody({ oldData: BASE_VETH, data: other }), WEBHOOK),
    DURATIONS,
  );
  const elsewhere = lines.at(-1)?.fields.changed as Changed;
  t.not(find(elsewhere, 'eni_conf')?.after, find(there, 'eni_conf')?.after, 'in another process');
});

t.test('what was switched down is told as what it would have been', async (t) => {
  const cases: Readonly<Record<string, Partial<Policy>>> = {
    'mode: warn': { mode: 'warn' },
    'mode: audit': { mode: 'audit' },
    'a rule': { rules: new Map([['plugin-typo', 'audit']]) },
    'an exempt user': { exempt: { users: new Set(['alice']), groups: new Set() } },
    'an exempt group': { exempt: { users: new Set(), groups: new Set(['devs']) } },
  };
  for (const [what, policy] of Object.entries(cases)) {
    t.match(
      await change(BAD, {}, withPolicy(policy)),
      {
        verdict: 'allow',
        unmodified: 'deny',
        findings: [{ rule: 'plugin-typo', severity: /^(warn|audit)$/, unmodified: 'deny' }],
      },
      what,
    );
  }
  t.match(await change(BAD, {}, withPolicy(cases['an exempt user']!)), { exemption: 'user alice' });
  t.match(await change(BAD, {}, withPolicy(cases['an exempt group']!)), {
    exemption: 'group devs',
  });
});

t.test('the facts that the review could use, with source and age', async (t) => {
  const facts: Facts = {
    ...NO_FACTS,
    asOf: 100_000,
    terway: {
      ...knownVersion('v1.15.2'),
      source: { kind: 'daemon-set', name: 'terway-eniip' },
      learntAt: 88_000,
    },
    plugins: new Map([
      [
        'portmap',
        {
          ...knownVersion('1.7.1'),
          source: { kind: 'kubelet', version: 'v1.34.0' },
          isEstimate: true,
        },
      ],
    ]),
    kubeProxyMode: known('ipvs'),
  };
  t.same((await change(GOOD, {}, { ...WEBHOOK, facts: () => facts }))?.facts, {
    terway: { value: '1.15.2', origin: 'from DaemonSet terway-eniip', ageSeconds: 12 },
    'plugins.portmap': { value: '1.7.1', origin: 'from kubelet v1.34.0', estimate: true },
    kubeProxyMode: { value: 'ipvs', origin: "from the guard's configuration" },
  });
});

t.test('defaults that a mutation adds', async (t) => {
  const facts: Facts = { ...NO_FACTS, kubeProxyMode: known('iptables') };
  const webhook: WebhookOptions = { ...WEBHOOK, facts: () => facts };
  t.match(await fieldsOf({ oldData: BASE_VETH, data: GOOD }, webhook, mutate), {
    verdict: 'allow',
    injected: ['portmap.externalSetMarkChain'],
  });
});

t.test('a review of another object is none of its business', async (t) => {
  t.equal(await change({ Corefile: '.' }, { name: 'coredns', oldData: {} }), undefined);
});

t.test('a review that can not be read has a line of its own', async (t) => {
  const fields = await change(BAD, { operation: 'EXPLODE' });
  t.match(fields, {
    uid: UID,
    verdict: 'deny',
    unmodified: 'deny',
    unreadable: 'request.operation is none of CREATE, UPDATE, DELETE',
    user: undefined,
    findings: undefined,
    failure: undefined,
  });
  const warn = withPolicy({ mode: 'warn' });
  const found = await fieldsOf({ oldData: BASE_VETH, data: BAD, operation: 'EXPLODE' }, warn);
  t.match(found, { verdict: 'allow', unmodified: 'deny', unreadable: /operation/ });
  t.match(await fieldsOf({ data: BAD, operation: 'EXPLODE' }, WEBHOOK, mutate), {
    verdict: 'allow',
    unmodified: undefined,
    unreadable: /operation/,
  });
});

t.test('a guard that fails says so', async (t) => {
  const webhook: WebhookOptions = {
    ...WEBHOOK,
    review: () => {
      throw new RangeError('hunter2');
    },
  };
  t.match(await change(BAD, {}, webhook), { verdict: 'deny', failure: 'RangeError' });
});

t.test('a line is bounded and fit for a terminal, whatever arrives', async (t) => {
  const plugins = Array.from({ length: 3000 }, () => ({ type: 'portmapp' }));
  const keys = Array.from({ length: 3000 }, (_, index) => [`k${index}\u0007\u009b`, 'x'] as const);
  const fields = await change(
    { ...withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins])), ...Object.fromEntries(keys) },
    {
      username: `\u001b[31m${'n'.repeat(10_000)}`,
      groups: Array.from({ length: 500 }, () => '\u202eg'.repeat(5000)),
      uid: '\u0007'.repeat(256),
    },
  );
  t.equal((fields?.findings as unknown[]).length, 20);
  t.ok((fields?.findingsOmitted as number) >= 80);
  t.equal((fields?.changed as unknown[]).length, 20);
  t.equal(fields?.changedOmitted, 2981);
  const line = JSON.stringify(fields);
  t.ok(line.length < 150_000, `${line.length} characters`);
  // Not by match(): tap would print all of it.
  const written = JSON.parse(line.replaceAll('\\\\u', '')) as unknown;
  t.ok(!JSON.stringify(written).includes('\\u'), 'nothing that JSON itself has to escape');
  t.ok(!/[\u202e\u009b]/.test(line));
});

t.test('a sentence: verdict, operation, author, rules; a warning where it refuses', async (t) => {
  const line = async (data: Data, webhook = WEBHOOK, endpoint = validate, options = {}) => {
    const { log, lines } = keepLines();
    const outcome = await endpoint(reviewBody({ oldData: BASE_VETH, data, ...options }), webhook);
    createDecisionLog(log)(endpoint === mutate ? 'mutate' : 'validate', outcome, DURATIONS);
    return [lines[0]?.level, lines[0]?.message] as const;
  };
  const exempt = withPolicy({ exempt: { users: new Set(['alice']), groups: new Set() } });
  t.match(await line(BAD), ['warn', /^deny UPDATE by alice: plugin-typo$/]);
  t.match(await line(BAD, exempt), ['info', /^allow UPDATE by alice: plugin-typo$/]);
  t.same(await line(BASE_VETH), ['info', 'allow UPDATE by alice']);
  t.match(await line(GOOD, WEBHOOK, mutate), ['info', /^allow UPDATE by alice \(mutate\)/]);
  const hostile = { username: `\u001b[2J${'n'.repeat(5000)}` };
  const [, message = ''] = await line(BAD, WEBHOOK, validate, hostile);
  t.ok(message.length < 400);
  t.notOk(message.includes('\u001b'));
});

t.test('what findings say stands there, but for those about eni_conf', async (t) => {
  const data = { ...BAD, eni_conf: '{"max_pool_size": "many"}' };
  const findings = (await change(data))?.findings as readonly Record<string, string>[];
  const about = (key: string) => findings.find((one) => one.key === key);
  t.match(about('10-terway.conflist'), { message: /portmapp/, fix: /portmap/ });
  t.match(about('eni_conf'), { path: String, message: undefined, fix: undefined });
});

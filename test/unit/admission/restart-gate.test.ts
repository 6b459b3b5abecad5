import fc from 'fast-check';
import t from 'tap';
import { NoUidError } from '../../../src/admission/body.ts';
import { type RestartGate, gateRestart } from '../../../src/admission/restart-gate.ts';
import { type Facts, NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import type { StoredReview } from '../../../src/engine/core/review-stored.ts';
import { isAtLeast } from '../../../src/engine/core/version.ts';
import { reviewStored } from '../../../src/engine/rules/index.ts';
import { configMap } from '../../support/changes.ts';
import {
  BASE_VETH,
  GOOD,
  PORTMAP,
  VETH_CONF,
  WRONG_TYPE,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { knownVersion } from '../../support/facts.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import { type RestartOptions, restartBody, restartObject } from '../../support/restarts.ts';
import { UID } from '../../support/reviews.ts';

const FACTS: Facts = {
  ...NO_FACTS,
  terway: knownVersion('1.15.2'),
};
const FINE = configMap(GOOD);
const BROKEN = configMap(WRONG_TYPE);
const NOTE = { reason: 'ticket 4711', until: '2026-01-31T13:00:00Z' };

const gateWith = (more: Partial<RestartGate> = {}): RestartGate => ({
  mode: 'deny',
  review: reviewStored,
  facts: () => FACTS,
  policy: DEFAULT_POLICY,
  stored: async () => ({ configMap: BROKEN }),
  ...more,
});

async function responseTo(options: RestartOptions, more?: Partial<RestartGate>) {
  const outcome = await gateRestart(restartBody(options), gateWith(more));
  const { uid, allowed, status, warnings = [] } = outcome.response;
  return { ...outcome, uid, allowed, status, warnings };
}

t.test('a restart on a broken chain is refused, with every problem', async (t) => {
  const { allowed, status, uid } = await responseTo({});
  t.match({ allowed, uid }, { allowed: false, uid: UID });
  t.match(status, { code: 403, reason: 'Forbidden', details: undefined });
  t.match(status?.message, /daemonset\/terway-eniip.*1 problem\n\* .*snat.*\n/);
  t.match(status?.message, /rule: eni-config-guard\/field-type\n/);
});

t.test('for a write that replaces no Terway pod the stored object is not read', async (t) => {
  const others: RestartOptions[] = [
    { replacesPods: false },
    { name: 'kube-proxy' },
    { name: 'terway-eniip-2' },
    { namespace: 'default' },
    { resource: 'deployments' },
    { operation: 'CREATE' },
    { operation: 'DELETE' },
  ];
  for (const options of others) {
    let asked = 0;
    const stored = async () => {
      asked += 1;
      return { configMap: BROKEN };
    };
    const found = await responseTo(options, { stored });
    t.match(found, { allowed: true, warnings: [], uid: UID }, JSON.stringify(options));
    t.equal(asked, 0);
  }
  for (const name of ['terway-eniip', 'terway-eni', 'terway']) {
    t.equal((await responseTo({ name })).allowed, false, name);
  }
});

t.test('the setting, the mode and the writer, each alone, keep it from refusing', async (t) => {
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  const inGroup = { users: new Set<string>(), groups: new Set(['devs']) };
  const gates: [name: string, more: Partial<RestartGate>, warns: boolean, source?: string][] = [
    ['warn', { mode: 'warn' }, true],
    ['off', { mode: 'off' }, false],
    ['mode warn', { policy: { ...DEFAULT_POLICY, mode: 'warn' } }, true],
    ['mode audit', { policy: { ...DEFAULT_POLICY, mode: 'audit' } }, false],
    ['an exempt user', { policy: { ...DEFAULT_POLICY, exempt } }, true, 'user'],
    ['an exempt group', { policy: { ...DEFAULT_POLICY, exempt: inGroup } }, true, 'group'],
    [
      'a rule that is no denial here',
      { policy: { ...DEFAULT_POLICY, rules: new Map([['field-type', 'warn']]) } },
      true,
    ],
  ];
  for (const [name, more, warns, source] of gates) {
    const found = await responseTo({}, more);
    t.equal(found.allowed, true, name);
    t.equal(found.warnings.length > 0, warns, `${name}: warnings`);
    t.equal(found.exemption?.source, source, name);
  }
  const { verdict } = await responseTo({}, { policy: { ...DEFAULT_POLICY, mode: 'audit' } });
  t.equal(verdict?.allowed, false, 'the verdict says what it would have been');
});

t.test('all is well: one warning that names the chain', async (t) => {
  const objects: [name: string, stored: typeof FINE, chain: RegExp][] = [
    ['a chain', FINE, /: the chain terway, portmap$/],
    ['no chain', configMap(BASE_VETH), /: the default chain, terway alone$/],
  ];
  for (const [name, stored, chain] of objects) {
    const found = await responseTo({}, { stored: async () => ({ configMap: stored }) });
    t.match(found, { allowed: true, warnings: [chain] }, name);
    t.equal(found.warnings.length, 1);
  }
});

const PUBLIC = configMap(
  withConflist(
    BASE_VETH,
    conflist([
      { ...VETH_CONF, symmetric_routing: true },
      { ...PORTMAP, masqAll: true },
    ]),
  ),
);

t.test('the release in the new pod template is the one that counts', async (t) => {
  /** Takes the broken object for broken only before 1.15.0. */
  const fakeReview: StoredReview = (object, facts, policy) => {
    const isOld = facts.terway !== undefined && !isAtLeast(facts.terway.value, '1.15.0');
    return reviewStored(isOld ? object : FINE, facts, policy);
  };
  const since = (version: string): Partial<RestartGate> => ({
    stored: async () => ({ configMap: BROKEN }),
    review: fakeReview,
    facts: () => ({ ...NO_FACTS, terway: knownVersion(version) }),
  });
  const upgrade = { imageBefore: 'r/terway:v1.14.3', image: 'r/terway:v1.15.2' };
  const downgrade = { imageBefore: 'r/terway:v1.15.2', image: 'r/terway:v1.14.3' };
  t.equal((await responseTo(upgrade, since('1.14.3'))).allowed, true, 'an upgrade that mends it');
  t.equal((await responseTo(downgrade, since('1.15.2'))).allowed, false, 'one that breaks it');
  const odd = { imageBefore: 'r/terway:v1.14.3', image: 'r/terway:latest' };
  const unknown = await responseTo(odd, since('1.14.3'));
  t.equal(unknown.facts?.terway, undefined, 'an unknown release');
  const same = await responseTo({ image: 'r/terway:latest' }, since('1.14.3'));
  t.same(same.facts?.terway, knownVersion('1.14.3'), 'the same image as before is as well known');
});

t.test('what is ignored takes nothing down: a warning at most', async (t) => {
  const stored = async () => ({ configMap: PUBLIC });
  const policy = { ...DEFAULT_POLICY, rules: new Map([['first-entry-differs', 'off' as const]]) };
  const found = await responseTo({ image: 'r/terway:v1.14.3' }, { stored, policy });
  t.match(found, {
    allowed: true,
    warnings: [/the chain/, /1\.15\.0 or newer; this cluster runs 1\.14\.3/],
  });
  t.equal(found.verdict?.allowed, false, 'as a write it would be refused');
});

t.test('a chain that nodes have read at the last restart is no news', async (t) => {
  const changedAt = (time: string) => async () => ({
    configMap: FINE,
    changedMs: Date.parse(time),
  });
  const cases: [changed: string, warnings: number][] = [
    ['2026-01-31T09:59:59Z', 0],
    ['2026-01-31T10:00:00Z', 1],
    ['2026-01-31T10:00:01Z', 1],
  ];
  for (const [changed, warnings] of cases) {
    const found = await responseTo({}, { stored: changedAt(changed) });
    t.equal(found.warnings.length, warnings, changed);
  }
  const first = await responseTo({ restartedBefore: 'soon' }, { stored: changedAt(cases[0]![0]) });
  t.equal(first.warnings.length, 1, 'an unreadable time counts as never restarted');
});

t.test('the API server is told for its audit log', async (t) => {
  const annotationsFor = async (more: Partial<RestartGate>) =>
    (await responseTo({}, more)).response.auditAnnotations;
  t.same(await annotationsFor({}), { verdict: 'deny', rules: 'field-type' });
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  t.same(await annotationsFor({ policy: { ...DEFAULT_POLICY, exempt } }), {
    verdict: 'allow',
    rules: 'field-type',
    exemption: 'user alice',
  });
  t.same(await annotationsFor({ stored: async () => ({ configMap: FINE }) }), { verdict: 'allow' });
  const forbidden = Object.assign(new Error(), { name: 'ApiError', reason: 'Forbidden' });
  const stored = async () => Promise.reject(forbidden);
  t.same(await annotationsFor({ stored }), { verdict: 'allow', failure: 'ApiError Forbidden' });
});

t.test('no object at all is the worst of chains', async (t) => {
  const found = await responseTo({}, { stored: async () => undefined });
  t.match(found, { allowed: false, status: { message: /which does not exist\n/ } });
});

t.test('what cannot be read or judged is let through, and says so', async (t) => {
  const fakeFailure = (): never => {
    throw new TypeError('secret');
  };
  const broken: Partial<RestartGate>[] = [
    { stored: async () => fakeFailure() },
    { review: fakeFailure },
    { facts: fakeFailure },
  ];
  for (const more of broken) {
    const found = await responseTo({}, more);
    t.match(found, { allowed: true, warnings: [/was not checked$/], failure: 'TypeError' });
    t.notMatch(JSON.stringify(found.response), /secret/);
    const audit = { ...DEFAULT_POLICY, mode: 'audit' } as const;
    t.same((await responseTo({}, { ...more, policy: audit })).warnings, []);
  }
});

t.test('break-glass on the object counts for those who may, not for others', async (t) => {
  const stored = async () => ({ configMap: { ...BROKEN, breakGlass: NOTE } });
  const now = () => Date.parse('2026-01-31T12:00:00Z');
  const breakGlass = (granted: boolean): Partial<RestartGate> => ({
    stored,
    breakGlass: { maxMinutes: 240, now, mayUse: async () => ({ granted }) },
  });
  const used = await responseTo({}, breakGlass(true));
  t.match(used, {
    allowed: true,
    warnings: [/^break-glass used, open until 2026-01-31T13/, /./, /./],
  });
  t.match(used.exemption, { source: 'break-glass', ...NOTE });
  const refused = await responseTo({}, breakGlass(false));
  t.match(refused, { allowed: false, status: { message: /\nBreak-glass does not count: alice/ } });
  const off = await responseTo({}, { stored });
  t.match(off, { allowed: false, status: { message: /\nBreak-glass does not count: it is/ } });
});

t.test('values of eni_conf are not told', async (t) => {
  const secret = JSON.stringify({ version: '1', access_key: 'CANARY', max_pool_size: 'CANARY' });
  const stored = async () => ({ configMap: configMap({ ...BASE_VETH, eni_conf: secret }) });
  for (const mode of ['warn', 'deny'] as const) {
    const { response, verdict } = await responseTo({}, { mode, stored });
    t.equal(verdict?.allowed, false);
    t.notMatch(JSON.stringify(response), /CANARY/);
  }
});

t.test('a thousand problems fit into an answer', async (t) => {
  const plugins = Array.from({ length: 500 }, () => ({ ...PORTMAP, snat: '\u001b'.repeat(300) }));
  const chain = conflist([VETH_CONF, ...plugins]);
  const stored = async () => ({ configMap: configMap(withConflist(BASE_VETH, chain)) });
  for (const mode of ['warn', 'deny'] as const) {
    const { response, warnings, status } = await responseTo({}, { mode, stored });
    t.ok(JSON.stringify(response).length < 64 * 1024, mode);
    t.ok(warnings.join('').length <= 4096);
    // eslint-disable-next-line no-control-regex
    t.notMatch((status?.message ?? '') + warnings.join(''), /[\u0000-\u0009\u000b-\u001f]/);
    if (mode === 'deny') t.match(status?.message, /\n\* and \d+ more problems\n/);
  }
});

t.test('a body without a uid can not be answered', async (t) => {
  for (const body of ['', '{}', 'null', '{"request":{}}']) {
    await t.rejects(gateRestart(body, gateWith()), NoUidError, body);
  }
});

t.test('property: whatever a review holds, it is answered with its uid', async (t) => {
  const { request } = restartObject({});
  const part = fc.constantFrom(...(Object.keys(request) as (keyof typeof request)[]));
  const hostile = fc
    .record({ name: part, value: fc.jsonValue() })
    .map(({ name, value }) => ({ ...request, [name]: value, uid: UID }));
  await assertAsyncProperty(
    t,
    fc.asyncProperty(hostile, async (changed) => {
      const body = JSON.stringify({ ...restartObject({}), request: changed });
      const { response } = await gateRestart(body, gateWith());
      return response.uid === UID && typeof response.allowed === 'boolean';
    }),
    300,
  );
});

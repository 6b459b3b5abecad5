import t from 'tap';
import { type RestartGate, gateRestart } from '../../../src/admission/restart-gate.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import { eventOf } from '../../../src/audit/events.ts';
import type { BreakGlassRequest } from '../../../src/engine/core/break-glass.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { reviewStored } from '../../../src/engine/rules/index.ts';
import { configMap } from '../../support/changes.ts';
import { BASE_VETH, type Data, GOOD, TYPO, withConflist } from '../../support/config-maps.ts';
import { type RestartOptions, restartBody } from '../../support/restarts.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const EXEMPT: WebhookOptions = {
  ...WEBHOOK,
  policy: { ...DEFAULT_POLICY, exempt: { users: new Set(['alice']), groups: new Set() } },
};

const eventFor = async (data: Data, options: ReviewOptions = {}, webhook = WEBHOOK) =>
  eventOf(await validate(reviewBody({ oldData: BASE_VETH, data, ...options }), webhook));

t.test('a refusal', async (t) => {
  t.same(await eventFor(TYPO), {
    type: 'Warning',
    reason: 'Refused',
    message: 'UPDATE by alice refused: plugin-typo; data[10-terway.conflist].plugins[1].type',
    detail: 'there is no plugin "portmapp"; did you mean "portmap"?',
    objectUid: '5a2f1c6e-7d0b-4d2e-9f59-2f6d3f0b4c11',
  });
});

t.test('an exemption without which it would have been one', async (t) => {
  t.match(await eventFor(TYPO, {}, EXEMPT), {
    type: 'Warning',
    reason: 'Exempted',
    message:
      'UPDATE by alice let through against plugin-typo (user alice); data[10-terway.conflist].plugins[1].type',
  });
  t.equal(
    await eventFor(GOOD, {}, EXEMPT),
    undefined,
    'a good change by an exempt user is no news',
  );
});

t.test('nothing to tell', async (t) => {
  t.equal(await eventFor(GOOD), undefined, 'an accepted write');
  t.equal(await eventFor(TYPO, { dryRun: true }), undefined, 'a dry run');
  t.equal(await eventFor(TYPO, { dryRun: true }, EXEMPT), undefined, 'an exempt dry run');
  t.equal(await eventFor(TYPO, { name: 'coredns' }), undefined, 'another object');
  const warn = { ...WEBHOOK, policy: { ...DEFAULT_POLICY, mode: 'warn' as const } };
  t.equal(await eventFor(TYPO, {}, warn), undefined, 'a mode that refuses nothing');
});

t.test('equal refusals make equal Events, and the message is bounded', async (t) => {
  t.same(await eventFor(TYPO, { uid: 'another' }), await eventFor(TYPO));
  const many = withConflist(
    { eni_conf: '[', disable_network_policy: 'x' },
    '{"plugins": [{"type": "a/b"}, {"type": "terway"}, {"type": "portmapp", "type": 1e999}]}',
  );
  const event = await eventFor(many, {
    username: `\u001b${'n'.repeat(5000)}`,
    operation: 'CREATE',
  });
  t.match(
    event?.message,
    /^CREATE by \\u001bn+\.\.\. refused: [a-z, -]+( and [\da-z -]+)?; data\[10-terway.conf\]$/,
  );
  t.ok((event?.message.length ?? 0) < 600);
});

t.test('break-glass: opened, and used', async (t) => {
  const now = () => Date.parse('2026-01-31T12:00:00Z');
  const webhook: WebhookOptions = {
    ...WEBHOOK,
    breakGlass: { maxMinutes: 240, now, mayUse: async () => ({ granted: true }) },
  };
  const annotations = {
    'eni-config-guard/bypass-reason': 'ticket\u001b 4711',
    'eni-config-guard/bypass-until': '2026-01-31T13:00:00Z',
  };
  const eventAfter = async (data: Data, options: ReviewOptions) =>
    eventOf(await validate(reviewBody({ oldData: GOOD, data, annotations, ...options }), webhook));
  t.match(await eventAfter(GOOD, {}), {
    type: 'Warning',
    reason: 'BreakGlassOpened',
    message: 'UPDATE by alice opened break-glass until 2026-01-31T13:00:00Z: ticket\\u001b 4711',
  });
  t.match(await eventAfter(TYPO, { oldAnnotations: annotations }), {
    reason: 'BreakGlass',
    message: /^UPDATE by alice let through against plugin-typo \(break-glass until .*4711\); data/,
  });
  t.match(await eventAfter(TYPO, {}), { reason: 'BreakGlass' }, 'both at once');
  t.equal(await eventAfter(GOOD, { oldAnnotations: annotations }), undefined, 'open, and not used');
  t.equal(await eventAfter(GOOD, { dryRun: true }), undefined);
  t.equal(await eventAfter(TYPO, { dryRun: true }), undefined);
});

t.test('a guard that fails on a write refuses it, and that is seen', async (t) => {
  const webhook: WebhookOptions = {
    ...WEBHOOK,
    review: () => {
      throw new RangeError('hunter2');
    },
  };
  const message = 'UPDATE by alice refused: the guard itself failed';
  t.match(await eventFor(GOOD, {}, webhook), { reason: 'Refused', message });
  t.equal(await eventFor(GOOD, { dryRun: true }, webhook), undefined);
  const warn = { ...webhook, policy: { ...DEFAULT_POLICY, mode: 'warn' as const } };
  t.equal(await eventFor(GOOD, {}, warn), undefined, 'nothing was refused');
});

t.test('a restart: refused, exempt, by break-glass; on the object that is stored', async (t) => {
  const NOTE = { reason: 'ticket 4711', until: '2026-01-31T13:00:00Z' };
  const gate = (more: Partial<RestartGate>, breakGlass?: BreakGlassRequest): RestartGate => ({
    mode: 'deny',
    review: reviewStored,
    facts: WEBHOOK.facts,
    policy: DEFAULT_POLICY,
    stored: async () => ({
      configMap: { ...configMap(TYPO), ...(breakGlass && { breakGlass }) },
      uid: 'u1',
    }),
    ...more,
  });
  const eventAfter = async (options: RestartOptions, more: RestartGate) =>
    eventOf(await gateRestart(restartBody(options), more));
  const now = () => Date.parse('2026-01-31T12:00:00Z');
  const breakGlass = { maxMinutes: 240, now, mayUse: async () => ({ granted: true }) as const };
  t.match(await eventAfter({}, gate({})), {
    reason: 'Refused',
    message: 'restart of terway-eniip by alice refused: plugin-typo',
    objectUid: 'u1',
  });
  t.match(await eventAfter({}, gate({ policy: EXEMPT.policy })), {
    reason: 'Exempted',
    objectUid: 'u1',
  });
  t.match(await eventAfter({}, gate({ breakGlass }, NOTE)), {
    reason: 'BreakGlass',
    message: /^restart of terway-eniip by alice let through against plugin-typo \(break-glass/,
    objectUid: 'u1',
  });
  for (const silent of [
    gate({ mode: 'warn' }),
    gate({ stored: async () => undefined, mode: 'off' }),
  ])
    t.equal(await eventAfter({}, silent), undefined);
  t.equal(await eventAfter({ dryRun: true }, gate({ breakGlass }, NOTE)), undefined);
});

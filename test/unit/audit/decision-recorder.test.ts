import t from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import type { EventNote } from '../../../src/audit/events.ts';
import { createMetrics } from '../../../src/audit/metrics.ts';
import { createDecisionRecorder } from '../../../src/audit/decision-recorder.ts';
import { GOOD, TYPO } from '../../support/config-maps.ts';
import { keepLines } from '../../support/kept-lines.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const NOTE = {
  'eni-config-guard/bypass-reason': 'ticket 4711',
  'eni-config-guard/bypass-until': '2026-01-31T13:00:00Z',
};
const DURATIONS = { read: 0, review: 0, answer: 0, total: 0 };

/** A recorder, and what it left. */
function recorder() {
  const events: EventNote[] = [];
  const metrics = createMetrics();
  const { log, lines } = keepLines();
  const record = createDecisionRecorder({
    log,
    metrics,
    events: { write: (note) => events.push(note) },
  });
  const value = async (name: string, labels: Readonly<Record<string, string>>) => {
    const metric = await metrics.registry.getSingleMetric(`eni_config_guard_${name}`)?.get();
    const isMeant = (found: Readonly<Record<string, unknown>>) =>
      Object.entries(labels).every(([label, wanted]) => found[label] === wanted);
    return metric?.values.find((series) => isMeant(series.labels))?.value;
  };
  return { record, events, lines, value };
}

const now = () => Date.parse('2026-01-31T12:00:00Z');
const WITH_BREAK_GLASS: WebhookOptions = {
  ...WEBHOOK,
  breakGlass: { maxMinutes: 240, now, mayUse: async () => ({ granted: true }) },
};

t.test('break-glass: an Event, a metric and a line; of a dry run only the line', async (t) => {
  const use = async (options: ReviewOptions) => {
    const left = recorder();
    const change = { oldData: GOOD, data: TYPO, annotations: NOTE, ...options };
    const outcome = await validate(reviewBody(change), WITH_BREAK_GLASS);
    left.record('validate', outcome, DURATIONS);
    return { ...left, uses: await left.value('exemptions_total', { source: 'break-glass' }) };
  };
  const used = await use({});
  t.match(used.events, [{ reason: 'BreakGlass' }]);
  t.equal(used.uses, 1);
  t.match(used.lines[0]?.fields, {
    verdict: 'allow',
    unmodified: 'deny',
    exemption: 'break-glass until 2026-01-31T13:00:00Z: ticket 4711',
  });
  const opened = await use({ data: GOOD });
  t.match(opened.events, [{ reason: 'BreakGlassOpened' }]);
  t.equal(opened.uses, 0, 'opening it is no use');
  t.match(opened.lines[0]?.fields, { breakGlass: 'until 2026-01-31T13:00:00Z: ticket 4711' });
  const dry = await use({ dryRun: true });
  t.same(dry.events, []);
  t.equal(dry.uses, 0);
  t.match(dry.lines[0]?.fields, { dryRun: true, unmodified: 'deny' });
});

t.test(
  'what a floor would refuse first is refused by the mutator, and leaves a trace',
  async (t) => {
    const webhook: WebhookOptions = { ...WITH_BREAK_GLASS, hasAdmissionPolicy: true };
    const changed = { ...GOOD, '10-terway.conf': '{"type": "terway"}' };
    const without = Object.fromEntries(
      Object.entries(GOOD).filter(([key]) => key !== '10-terway.conf'),
    );
    const held: [what: string, rule: string, options: ReviewOptions][] = [
      ['a DELETE', 'object-deleted', { operation: 'DELETE', oldData: GOOD }],
      ['another 10-terway.conf', 'conf-changed', { oldData: GOOD, data: changed }],
      ['none', 'conf-missing', { oldData: GOOD, data: without }],
    ];
    for (const [what, rule, options] of held) {
      const left = recorder();
      const outcome = await mutate(reviewBody(options), webhook);
      left.record('mutate', outcome, DURATIONS);
      const same = await validate(reviewBody(options), webhook);
      t.same(outcome.response, same.response, `${what}: in the words of the validator`);
      t.match(left.lines[0]?.fields, { endpoint: 'mutate', verdict: 'deny' }, what);
      t.match(left.events, [{ reason: 'Refused', message: new RegExp(rule) }], what);
      t.equal(await left.value('findings_total', { rule, severity: 'deny' }), 1, what);
      const alone = await mutate(reviewBody(options), WITH_BREAK_GLASS);
      t.equal(alone.response.allowed, true, `${what}: left to the validator without a floor`);
    }
  },
);

t.test('everything else the mutator leaves to the validator', async (t) => {
  const webhook: WebhookOptions = { ...WITH_BREAK_GLASS, hasAdmissionPolicy: true };
  const changed = { ...TYPO, '10-terway.conf': '{"type": "terway"}' };
  const others: [what: string, options: ReviewOptions, more?: Partial<WebhookOptions>][] = [
    ['a bad chain', { oldData: GOOD, data: TYPO }],
    ['a bad object that is new', { operation: 'CREATE', data: TYPO }],
    ['another object', { operation: 'DELETE', oldData: GOOD, name: 'coredns' }],
    ['break-glass', { oldData: GOOD, data: changed, annotations: NOTE }],
    [
      'an exempt user',
      { oldData: GOOD, data: changed },
      { policy: { ...WEBHOOK.policy, exempt: { users: new Set(['alice']), groups: new Set() } } },
    ],
    [
      'mode: warn',
      { oldData: GOOD, data: changed },
      { policy: { ...WEBHOOK.policy, mode: 'warn' } },
    ],
  ];
  for (const [what, options, more] of others) {
    const { response, verdict } = await mutate(reviewBody(options), { ...webhook, ...more });
    t.equal(response.allowed, true, what);
    t.equal(verdict, undefined, `${what}: nothing is counted twice`);
  }
});

t.test('the author of what is let through is told, and of nothing else', async (t) => {
  const admitted: string[] = [];
  const record = createDecisionRecorder({
    log: keepLines().log,
    metrics: createMetrics(),
    admitted: {
      admit: (object, user) => admitted.push(`${user} ${object ? 'writes' : 'deletes'}`),
    },
  });
  const good = { oldData: TYPO, data: GOOD };
  const told = async (options: ReviewOptions, endpoint: 'validate' | 'mutate' = 'validate') => {
    const answer = endpoint === 'validate' ? validate : mutate;
    record(endpoint, await answer(reviewBody(options), { ...WEBHOOK }), DURATIONS);
    return admitted.splice(0);
  };
  t.same(await told(good), ['alice writes']);
  t.same(await told({ oldData: GOOD, data: TYPO }), [], 'refused');
  t.same(await told({ ...good, dryRun: true }), []);
  t.same(await told({ ...good, name: 'coredns' }), []);
  t.same(await told(good, 'mutate'), [], 'it may still be refused');
});

import { readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { ReviewAhead } from '../../src/admission/review-ahead.ts';
import type { WebhookOptions } from '../../src/admission/validate.ts';
import type { EventNote } from '../../src/audit/events.ts';
import { DEFAULT_POLICY } from '../../src/engine/core/policy.ts';
import { review } from '../../src/engine/rules/index.ts';
import { jsonLogger } from '../../src/log.ts';
import { ALL_FACTS } from '../support/all-facts.ts';
import {
  BASE_VETH,
  GOOD,
  TYPO,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { sendInTurn } from '../support/https-client.ts';
import { restartBody } from '../support/restarts.ts';
import { type ReviewOptions, reviewBody } from '../support/reviews.ts';
import { RESTART_GATE, WEBHOOK, startApp } from '../support/running-app.ts';

/**
 * What leaves the guard for one decision of each kind, to the byte: the answer, the lines of the log,
 * Events and metrics, as recorded-decisions.txt has them. What differs from run to run is masked.
 * UPDATE_GOLDEN=1 writes it anew.
 */
const GOLDEN = new URL('recorded-decisions.txt', import.meta.url);

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/^date: .*$/m, 'date: ...'],
  [/"durationMs":\{([^}]*)\}/, '"durationMs":{...}'],
  [/"hmac-sha256:[0-9a-f]{64}"/g, '"hmac-sha256:..."'],
];

const masked = (text: string) =>
  MASKS.reduce((shown, [what, mask]) => shown.replace(what, mask), text);

interface Case {
  readonly path?: '/validate' | '/mutate' | '/restart-gate';
  readonly body: string;
  readonly webhook?: Partial<WebhookOptions>;
}

/** Who wants exactly what was written, and what no defaults are for, is not reviewed ahead. */
const ANEW: ReadonlySet<string> = new Set([
  'break-glass opened',
  'break-glass used',
  'break-glass without the right',
  'another object',
  'an overlay',
]);

/** What stood in eni-config before what is stored now. */
const EARLIER = {
  data: new Map<string, string>(),
  binaryData: new Map<string, string>(),
  immutable: false,
};

const WEBHOOK_WITH_ALL: WebhookOptions = {
  ...WEBHOOK,
  facts: () => ALL_FACTS,
  breakGlass: {
    maxMinutes: 240,
    now: () => Date.parse('2026-01-31T12:00:00Z'),
    mayUse: async ({ name }) => ({ granted: name === 'alice' }),
  },
  lastGood: () => ({ number: 7, at: '2026-01-30T08:00:00Z', object: EARLIER }),
};

const NOTE = {
  'eni-config-guard/bypass-reason': 'ticket 4711',
  'eni-config-guard/bypass-until': '2026-01-31T13:00:00Z',
};

const write = (options: ReviewOptions) => reviewBody({ oldData: GOOD, ...options });
const inMode = (mode: 'warn' | 'audit') => ({ policy: { ...DEFAULT_POLICY, mode } });
const MANY_SLIPS = withConflist(
  BASE_VETH,
  conflist([
    VETH_CONF,
    { type: 'portmap', snat: 'true', masqAl: true, capabilities: { portmappings: true } },
    { type: 'tuning', sysctl: { 'net.core.rmem_max': '1' }, MTU: 1500 },
  ]),
);

const CASES: Readonly<Record<string, Case>> = {
  'accepted, as it was': { body: write({ data: GOOD }) },
  'accepted, a changed chain': { body: reviewBody({ oldData: BASE_VETH, data: GOOD }) },
  'accepted with warnings': {
    body: write({ data: { ...GOOD, note: 'x', 'eni_conf.bak': 'y' } }),
  },
  denied: { body: write({ data: TYPO }) },
  'denied, many findings': { body: write({ data: MANY_SLIPS }) },
  'denied, JSON with a slip': {
    body: write({ data: withConflist(BASE_VETH, '{"plugins": [{"type": "terway"},]}') }),
  },
  'denied, a secret with a slip': {
    body: write({ data: { ...GOOD, eni_conf: '{"access_key": "hunter2", "max_pool_size": "8"}' } }),
  },
  'denied, 10-terway.conf changed': {
    body: write({ data: { ...GOOD, '10-terway.conf': '{}' } }),
  },
  'denied, a dry run': { body: write({ data: TYPO, dryRun: true }) },
  'denied, a new object': { body: write({ data: TYPO, operation: 'CREATE' }) },
  'denied, a deletion': { body: write({ operation: 'DELETE' }) },
  'mode warn': { body: write({ data: TYPO }), webhook: inMode('warn') },
  'mode audit': { body: write({ data: TYPO }), webhook: inMode('audit') },
  'an exempt user': {
    body: write({ data: TYPO, username: 'system:ack' }),
    webhook: {
      policy: { ...DEFAULT_POLICY, exempt: { users: new Set(['system:ack']), groups: new Set() } },
    },
  },
  'break-glass opened': { body: write({ data: GOOD, annotations: NOTE }) },
  'break-glass used': { body: write({ data: TYPO, annotations: NOTE, oldAnnotations: NOTE }) },
  'break-glass without the right': {
    body: write({ data: TYPO, annotations: NOTE, username: 'bob' }),
  },
  'the guard itself fails': {
    body: write({ data: GOOD }),
    webhook: {
      facts: () => {
        throw new TypeError('a fake failure');
      },
    },
  },
  'another object': { body: write({ data: TYPO, name: 'coredns' }) },
  'an overlay': {
    body: write({ data: { eni_conf: '{"max_pool_size": "8"}' }, oldData: {}, name: 'overlay' }),
  },
  'no AdmissionReview': { body: '{"kind":"Pod","request":{"uid":"a"}}' },
  'no JSON': { body: '{"request":{"uid":"a"},' },
  'no uid': { body: '{}' },
  'mutated: defaults added': {
    path: '/mutate',
    body: write({ data: withConflist(BASE_VETH, conflist([VETH_CONF, { type: 'portmap' }])) }),
  },
  'mutated: nothing to add': { path: '/mutate', body: write({ data: TYPO }) },
  'mutated: 10-terway.conf put back': {
    path: '/mutate',
    body: write({ data: { ...GOOD, '10-terway.conf': JSON.stringify(VETH_CONF) } }),
  },
  'mutated: refused beside an admission policy': {
    path: '/mutate',
    body: write({ data: { ...GOOD, '10-terway.conf': '{}' } }),
    webhook: { hasAdmissionPolicy: true },
  },
  'a restart on a bad object': { path: '/restart-gate', body: restartBody({}) },
};

/** An app, with a function that asks it and tells everything that it leaves. */
async function startRecorded(t: Test, webhook: Partial<WebhookOptions> = {}) {
  const lines: string[] = [];
  const events: EventNote[] = [];
  const server = await startApp(t, {
    webhook: { ...WEBHOOK_WITH_ALL, ...webhook },
    restartGate: {
      ...RESTART_GATE,
      mode: 'deny',
      facts: () => ALL_FACTS,
      stored: async () => ({
        configMap: { data: new Map(Object.entries(TYPO)), binaryData: new Map(), immutable: false },
        uid: 'stored',
      }),
    },
    log: jsonLogger((line) => void lines.push(line.replace(/"time":"[^"]+",/, ''))),
    events: { write: (note) => void events.push(note) },
  });
  const ask = sendInTurn(t, server);
  return async ({ path = '/validate', body }: Case): Promise<string> => {
    const before = await counted(server.metrics);
    const { status, headers, body: answer } = await ask(path, body);
    const after = await counted(server.metrics);
    const told = [
      `HTTP ${status}`,
      ...[...headers].map(([name, value]) => `${name}: ${value}`),
      '',
      answer,
      ...lines.splice(0).map((line) => `log ${line.trimEnd()}`),
      ...events.splice(0).map((event) => `Event ${JSON.stringify(event)}`),
      ...[...after]
        .filter(([name, value]) => before.get(name) !== value)
        .map(([name, value]) => `metric ${name} ${Number(value) - Number(before.get(name) ?? 0)}`),
    ];
    return masked(told.join('\n'));
  };
}

/** The guard's own series that count, by name and labels; how long something took does not. */
async function counted({ registry }: { registry: { metrics(): Promise<string> } }) {
  const series = (await registry.metrics()).split('\n').filter((line) => {
    return line.startsWith('eni_config_guard_') && !/_(sum|bucket)/.test(line);
  });
  return new Map(
    series.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)];
    }),
  );
}

const section = (name: string, told: string) => `== ${name}\n${told}\n`;

t.test('what is answered and recorded is what was reviewed', async (t) => {
  const ask = await startRecorded(t);
  const texts: string[] = [];
  for (const [name, one] of Object.entries(CASES)) {
    const told = await (one.webhook ? await startRecorded(t, one.webhook) : ask)(one);
    texts.push(section(name, told));
  }
  const text = texts.join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  t.equal(text, readFileSync(GOLDEN, 'utf8'));
});

t.test('the same of a write that /mutate has seen before', async (t) => {
  const golden = readFileSync(GOLDEN, 'utf8');
  let reviewed = 0;
  for (const [name, one] of Object.entries(CASES)) {
    if (one.path !== undefined) continue;
    const ask = await startRecorded(t, {
      ...one.webhook,
      ahead: new ReviewAhead(),
      review: (...given) => {
        reviewed += 1;
        return review(...given);
      },
    });
    await ask({ ...one, path: '/mutate' });
    const before = reviewed;
    t.ok(golden.includes(section(name, await ask(one))), name);
    t.equal(reviewed > before, ANEW.has(name), `${name}: whether it was reviewed anew`);
  }
});

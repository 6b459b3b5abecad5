import t from 'tap';
import { BackgroundCheck } from '../../../src/audit/background-check.ts';
import type { EventNote } from '../../../src/audit/events.ts';
import { type Facts, NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import type { Verdict } from '../../../src/engine/core/decide.ts';
import { reviewStored } from '../../../src/engine/rules/index.ts';
import { configMap } from '../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  PORTMAP,
  TYPO,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { knownVersion } from '../../support/facts.ts';
import { keepLines } from '../../support/kept-lines.ts';

const SYMMETRIC = withConflist(
  BASE_VETH,
  conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP]),
);

const stored = (data: Data, uid = 'u1') => ({ configMap: configMap(data), uid });

const withTerway = (version: string, asOf = 0): Facts => ({
  ...NO_FACTS,
  asOf,
  terway: { ...knownVersion(version), learntAt: asOf },
});

function check(policy: Partial<Policy> = {}) {
  const world = { facts: withTerway('1.15.2'), now: 0 };
  const events: EventNote[] = [];
  const verdicts: Verdict[] = [];
  const { log, lines } = keepLines();
  const background = new BackgroundCheck({
    review: reviewStored,
    facts: () => world.facts,
    policy: { ...DEFAULT_POLICY, ...policy },
    log,
    observe: (verdict) => verdicts.push(verdict),
    events: { write: (note) => events.push(note) },
    now: () => world.now,
  });
  return { background, world, events, lines, verdicts };
}

t.test('a good object is a line at the start and nothing else', async (t) => {
  const { background, events, lines, verdicts } = check();
  background.recheck();
  t.same(verdicts, [], 'nothing is judged before the API server has answered');
  background.see(stored(SYMMETRIC));
  background.see(stored(SYMMETRIC));
  background.recheck();
  t.match(lines, [
    {
      level: 'info',
      message: 'stored object',
      fields: { because: 'start', exists: true, verdict: 'allow', findings: [] },
    },
  ]);
  t.equal(lines.length, 1);
  t.same(events, []);
  t.equal(verdicts.length, 2);
});

t.test('a downgrade of Terway makes a good chain bad, an upgrade good again', async (t) => {
  const { background, world, events, lines } = check();
  background.see(stored(SYMMETRIC));
  world.facts = withTerway('1.14.3');
  background.recheck();
  t.match(lines[1], {
    level: 'warn',
    fields: {
      because: 'facts',
      verdict: 'deny',
      findings: [{ rule: 'field-version', severity: 'deny', path: 'plugins[0].symmetric_routing' }],
      facts: { terway: { value: '1.14.3' } },
    },
  });
  t.match(events, [
    {
      type: 'Warning',
      reason: 'StoredObjectInvalid',
      message:
        /^as stored, a part of it does nothing: field-version; data\[10-terway.conflist\]\S+$/,
      objectUid: 'u1',
    },
  ]);
  world.facts = withTerway('1.16.0');
  background.recheck();
  t.match(lines[2], { level: 'info', fields: { verdict: 'allow', findings: [] } });
  t.match(events[1], { type: 'Normal', reason: 'StoredObjectValid' });
});

t.test('facts that only grew older are not judged anew', async (t) => {
  const { background, world, verdicts } = check();
  background.see(stored(SYMMETRIC));
  world.facts = withTerway('1.15.2', 60_000);
  background.recheck();
  t.equal(verdicts.length, 1);
});

t.test('an edit of 10-terway.conf by the vendor leaves a stale chain', async (t) => {
  const { background, lines } = check();
  background.see(stored(SYMMETRIC));
  const conf = JSON.stringify({ ...VETH_CONF, network_policy_provider: 'ebpf' });
  background.see(stored({ ...SYMMETRIC, '10-terway.conf': conf }));
  t.match(lines[1]?.fields, {
    because: 'object',
    verdict: 'deny',
    findings: [{ rule: 'first-entry-differs' }],
  });
});

t.test('an object that is gone lacks everything, and a new one counts as new', async (t) => {
  const { background, lines, events } = check();
  background.see(undefined);
  t.match(lines[0]?.fields, {
    exists: false,
    verdict: 'deny',
    findings: [{ rule: 'conf-missing' }, { rule: 'eni-conf-missing' }],
  });
  background.see(stored(TYPO));
  background.see(stored(TYPO, 'u2'));
  t.same(
    events.map(({ reason, objectUid }) => [reason, objectUid]),
    [
      ['StoredObjectInvalid', undefined],
      ['StoredObjectInvalid', 'u1'],
      ['StoredObjectInvalid', 'u2'],
    ],
  );
});

t.test('what is still bad is told again before its Event is forgotten', async (t) => {
  const { background, world, events, lines } = check();
  const minutes = (count: number) => count * 60_000;
  background.see(stored(TYPO));
  for (const now of [1, 29, 30, 31, 59, 60]) {
    world.now = minutes(now);
    background.recheck();
  }
  t.match(events[0], {
    reason: 'StoredObjectInvalid',
    message: /^as stored, it takes nodes down when Terway pods restart: plugin-typo; data\[\S+$/,
  });
  t.same(events, [events[0], events[0], events[0]], 'after 30 and after 60 minutes');
  background.see(stored(SYMMETRIC));
  world.now = minutes(120);
  background.recheck();
  t.equal(events.at(-1)?.reason, 'StoredObjectValid');
  t.equal(events.length, 4);
  t.equal(lines.length, 2, 'the log forgets nothing');
});

t.test('no mode makes a bad object good; what is said of a rule holds', async (t) => {
  for (const mode of ['warn', 'audit'] as const) {
    const { background, lines } = check({ mode });
    background.see(stored(TYPO));
    t.match(lines[0]?.fields, { verdict: 'deny' }, mode);
  }
  const { background, lines } = check({ rules: new Map([['plugin-typo', 'warn']]) });
  background.see(stored(TYPO));
  t.match(lines[0]?.fields, { verdict: 'allow', findings: [{ severity: 'warn' }] });
});

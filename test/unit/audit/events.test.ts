import t from 'tap';
import { type JudgeAlone, validate } from '../../../src/admission/handle.ts';
import { eventOf } from '../../../src/audit/events.ts';
import { DEFAULT_POLICY } from '../../../src/core/policy.ts';
import {
  BASE_VETH,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { JUDGE } from '../../support/running-app.ts';

const GOOD = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const BAD = withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, type: 'portmapp' }]));
const EXEMPT: JudgeAlone = {
  ...JUDGE,
  policy: { ...DEFAULT_POLICY, exempt: { users: new Set(['alice']), groups: new Set() } },
};

const eventFor = (data: Data, options: ReviewOptions = {}, judge = JUDGE) =>
  eventOf(validate(reviewBody({ oldData: BASE_VETH, data, ...options }), judge));

t.test('a refusal', async (t) => {
  t.same(eventFor(BAD), {
    type: 'Warning',
    reason: 'Refused',
    message: 'UPDATE by alice refused: plugin-typo',
    objectUid: '5a2f1c6e-7d0b-4d2e-9f59-2f6d3f0b4c11',
  });
});

t.test('an exemption without which it would have been one', async (t) => {
  t.match(eventFor(BAD, {}, EXEMPT), {
    type: 'Warning',
    reason: 'Exempted',
    message: 'UPDATE by alice let through against plugin-typo (user alice)',
  });
  t.equal(eventFor(GOOD, {}, EXEMPT), undefined, 'a good change by an exempt user is no news');
});

t.test('nothing to tell', async (t) => {
  t.equal(eventFor(GOOD), undefined, 'an accepted write');
  t.equal(eventFor(BAD, { dryRun: true }), undefined, 'a dry run');
  t.equal(eventFor(BAD, { dryRun: true }, EXEMPT), undefined, 'an exempt dry run');
  t.equal(eventFor(BAD, { name: 'coredns' }), undefined, 'another object');
  const warn = { ...JUDGE, policy: { ...DEFAULT_POLICY, mode: 'warn' as const } };
  t.equal(eventFor(BAD, {}, warn), undefined, 'a mode that refuses nothing');
});

t.test('equal refusals make equal Events, and the message is bounded', async (t) => {
  t.same(eventFor(BAD, { uid: 'another' }), eventFor(BAD));
  const many = withConflist(
    { eni_conf: '[', disable_network_policy: 'x' },
    '{"plugins": [{"type": "a/b"}, {"type": "terway"}, {"type": "portmapp", "type": 1e999}]}',
  );
  const event = eventFor(many, { username: `\u001b${'n'.repeat(5000)}`, operation: 'CREATE' });
  t.match(event?.message, /^CREATE by \\u001bn+\.\.\. refused: [a-z, -]+( and [\da-z -]+)?$/);
  t.ok((event?.message.length ?? 0) < 600);
});

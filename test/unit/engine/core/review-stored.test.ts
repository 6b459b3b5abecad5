import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { outagesIn } from '../../../../src/engine/core/review-stored.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { review, reviewStored } from '../../../../src/engine/rules/index.ts';
import { configMap, update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  WRONG_TYPE,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { knownVersion } from '../../../support/facts.ts';

const FACTS: Facts = {
  ...NO_FACTS,
  terway: knownVersion('1.15.2'),
};

const rulesOf = (data: Data) =>
  reviewStored(configMap(data), FACTS, DEFAULT_POLICY).findings.map(
    ({ rule, severity }) => `${severity} ${rule}`,
  );

t.test('a stored object is judged whole, though nobody wrote it', async (t) => {
  t.same(rulesOf(WRONG_TYPE), ['deny field-type']);
  const { allowed } = reviewStored(configMap(WRONG_TYPE), FACTS, DEFAULT_POLICY);
  t.equal(allowed, false);
  const unrelated = review(update(WRONG_TYPE, { ...WRONG_TYPE, other: '' }), FACTS, DEFAULT_POLICY);
  t.equal(unrelated.allowed, true, 'which an edit elsewhere is not refused for');
});

t.test('there is no word about a write', async (t) => {
  t.same(rulesOf(GOOD), []);
});

t.test('nobody is exempt from the state of the object, not even a nameless user', async (t) => {
  const exempt = { users: new Set(['']), groups: new Set(['']) };
  const verdict = reviewStored(configMap(WRONG_TYPE), FACTS, { ...DEFAULT_POLICY, exempt });
  t.match(verdict, { allowed: false, exemption: undefined });
});

t.test('what is denied and yet ignored on the nodes is no outage', async (t) => {
  const repeated = conflist([VETH_CONF, { ...PORTMAP, snat: true }]).replace(
    '"snat"',
    '"snat": true, "snat"',
  );
  const ignored = reviewStored(configMap(withConflist(BASE_VETH, repeated)), FACTS, DEFAULT_POLICY);
  t.match(ignored, { allowed: false, findings: [{ rule: 'json-duplicate', impact: 'no-effect' }] });
  t.same(outagesIn(ignored), []);
  const broken = reviewStored(configMap(WRONG_TYPE), FACTS, DEFAULT_POLICY);
  t.match(outagesIn(broken), [{ rule: 'field-type', impact: 'outage' }]);
});

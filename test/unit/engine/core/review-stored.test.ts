import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { outagesIn } from '../../../../src/engine/core/decide.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { reviewStored } from '../../../../src/engine/rules/index.ts';
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
import { verdictOn } from '../../../support/verdicts.ts';

const FACTS: Facts = {
  ...NO_FACTS,
  terway: knownVersion('1.15.2'),
};

const rulesOf = (data: Data, policy = DEFAULT_POLICY) =>
  reviewStored(configMap(data), FACTS, policy).findings.map(
    ({ rule, severity }) => `${severity} ${rule}`,
  );

t.test('a stored object is judged whole, without a write', async (t) => {
  t.same(rulesOf(WRONG_TYPE), ['deny field-type']);
  const { allowed } = reviewStored(configMap(WRONG_TYPE), FACTS, DEFAULT_POLICY);
  t.equal(allowed, false);
  const unrelated = verdictOn(update(WRONG_TYPE, { ...WRONG_TYPE, other: '' }), FACTS);
  t.equal(unrelated.allowed, true, 'which an edit elsewhere is not refused for');
});

t.test('there is no word about a write', async (t) => {
  t.same(rulesOf(GOOD), []);
});

t.test('no mode makes it milder, but the setting of a rule does', async (t) => {
  for (const mode of ['warn', 'audit'] as const) {
    t.same(rulesOf(WRONG_TYPE, { ...DEFAULT_POLICY, mode }), ['deny field-type'], mode);
  }
  const rules = new Map([['field-type', 'warn' as const]]);
  t.same(rulesOf(WRONG_TYPE, { ...DEFAULT_POLICY, rules }), ['warn field-type']);
});

t.test('an object that does not exist lacks every key', async (t) => {
  const { allowed, findings } = reviewStored(undefined, FACTS, DEFAULT_POLICY);
  t.equal(allowed, false);
  t.match(findings, [{ rule: 'conf-missing' }, { rule: 'eni-conf-missing' }]);
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

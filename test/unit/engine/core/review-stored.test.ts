import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { outagesIn } from '../../../../src/engine/core/decide.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { reviewStored, reviewStoredOverlay } from '../../../../src/engine/rules/index.ts';
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

t.test('an overlay that nodes name is judged merged, without a word about a write', async (t) => {
  const base = configMap({ ...BASE_VETH, eni_conf: '{"max_pool_size": 5}' });
  const review = (data: Data | undefined, policy = DEFAULT_POLICY) => {
    const inUse = { name: 'pool-a', nodes: 2, object: data && configMap(data) };
    const { verdict, ...others } = reviewStoredOverlay(inUse, base, FACTS, policy);
    t.same(others, inUse);
    return [verdict.allowed, verdict.findings.map(({ rule, severity }) => [severity, rule])];
  };
  t.same(review(undefined), [true, []]);
  t.same(review({ eni_conf: '{"max_pool_size": 7}' }), [true, []]);
  const wrong = { eni_conf: '{"max_pool_size": "7"}' };
  t.same(review(wrong), [false, [['deny', 'field-type']]]);
  const rules = new Map([['field-type', 'warn' as const]]);
  t.same(review(wrong, { ...DEFAULT_POLICY, rules }), [true, [['warn', 'field-type']]]);
  t.same(review(wrong, { ...DEFAULT_POLICY, mode: 'audit' }), [false, [['deny', 'field-type']]]);
});

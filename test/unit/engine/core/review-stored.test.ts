import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import { review, reviewStored } from '../../../../src/engine/rules/index.ts';
import { configMap, update } from '../../../support/changes.ts';
import { type Data, GOOD, WRONG_TYPE } from '../../../support/config-maps.ts';

const FACTS: Facts = {
  ...NO_FACTS,
  terway: { value: parseVersion('1.15.2')!, origin: 'as a test says' },
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

import t from 'tap';
import { CONFLIST_KEY, CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { createReview } from '../../../../src/engine/core/review.ts';
import { RULE_IDS, RULE_INFO } from '../../../../src/engine/rules/index.ts';
import { configMap, creation, update } from '../../../support/changes.ts';
import { BASE_VETH, WRONG_TYPE } from '../../../support/config-maps.ts';
import { arrives, deadEnds, isMended, refusalsOf } from '../../../support/dead-ends.ts';
import { type Situation, waysOut } from '../../../support/ways.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS } from './edits/index.ts';

/** The ways out of the refusals of every worked edit. */

const walked = new Set<string>();

t.test('every way out that a refusal names leads out', (t) => {
  const faults = EDITS.flatMap(({ name, change, facts, policy }) =>
    deadEnds({ change, facts, policy }, walked).map((fault) => `${name}: ${fault}`),
  );
  t.same(faults, []);
  t.end();
});

t.test('the ways out of every rule that refuses were taken', (t) => {
  const refusing = RULE_IDS.filter((id) => RULE_INFO[id].severity === 'deny');
  t.same(
    refusing.filter((id) => !walked.has(id)),
    ['guard-error'],
  );
  t.end();
});

t.test('a failure of the guard itself names the setting that lets the write through', (t) => {
  const broken = {
    info: RULE_INFO['json-syntax'],
    check(): never {
      throw new TypeError('a fake rule');
    },
  };
  const review = createReview([broken], RULE_INFO['guard-error']);
  const situation = { change: creation(BASE_VETH), facts: NO_FACTS, policy: DEFAULT_POLICY };
  const verdict = ({ change, facts, policy }: Situation) =>
    verdictOn(change, facts, policy, review);
  const [refusal] = verdict(situation).findings;
  t.equal(refusal?.severity, 'deny');
  t.match(refusal?.fix.text, 'rules: {<rule id>: off}');
  const results = [...waysOut(refusal!, situation)].flatMap((way) => [...way.results]);
  t.same(
    results.map((result) => verdict(result).allowed),
    [true],
  );
  t.end();
});

t.test('a way that does not lead out is seen', (t) => {
  const change = update(BASE_VETH, WRONG_TYPE);
  const [refusal] = refusalsOf({ change, facts: NO_FACTS, policy: DEFAULT_POLICY });
  const situation = { change, facts: NO_FACTS, policy: DEFAULT_POLICY };
  t.notOk(isMended(refusal!, situation, situation), 'nothing was done');
  const data = new Map(configMap(WRONG_TYPE).data).set(CONFLIST_KEY, '{}');
  const worse = { ...situation, change: { ...change, new: { ...configMap({}), data } } };
  t.ok(isMended(refusal!, situation, worse));
  t.ok(arrives(worse), 'a refusal that comes instead has ways out in its turn');
  t.end();
});

t.test("an identity to paste is the writer's own, however long", (t) => {
  const agent = `system:serviceaccount:${'n'.repeat(63)}:${'a'.repeat(253)}`;
  const change = update(BASE_VETH, { ...BASE_VETH, [CONF_KEY]: '{"type": "terway"}' });
  const situation: Situation = {
    change: { ...change, agent, user: { name: agent, groups: [] } },
    facts: NO_FACTS,
    policy: DEFAULT_POLICY,
  };
  t.same(deadEnds(situation), []);
  const [refusal] = refusalsOf(situation);
  t.match(refusal?.message, `exempt: {users: ["${agent}"]}`);
  t.end();
});

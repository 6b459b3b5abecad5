import t from 'tap';
import { CONFLIST_KEY, CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import type { DecidedFinding } from '../../../../src/engine/core/finding.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { createReview } from '../../../../src/engine/core/review.ts';
import { RULE_IDS, RULE_INFO } from '../../../../src/engine/rules/index.ts';
import { configMap, creation, update } from '../../../support/changes.ts';
import { BASE_VETH, WRONG_TYPE } from '../../../support/config-maps.ts';
import { type Situation, waysOut } from '../../../support/ways.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS } from './edits/index.ts';

/**
 * No refusal is a dead end: every way out that it names is taken on the same write, and the refusal is
 * gone, and what is refused then has ways out in its turn, until the write is allowed.
 */

const walked = new Set<string>();

/** Of situations that were judged: each is asked for once a way. */
const judged = new WeakMap<Situation, readonly DecidedFinding[]>();

function refusalsOf(situation: Situation): readonly DecidedFinding[] {
  const known = judged.get(situation);
  if (known) return known;
  const { findings } = verdictOn(situation.change, situation.facts, situation.policy);
  const refusals = findings.filter(({ severity }) => severity === 'deny');
  judged.set(situation, refusals);
  return refusals;
}

/** What is refused where; the words may tell of what stands there. */
const placeOf = ({ rule, key, path }: DecidedFinding) => JSON.stringify([rule, key, path]);

/** An entry that comes before it may take the place of one that is gone. */
const isAlike = (a: DecidedFinding, b: DecidedFinding) =>
  a.rule === b.rule && a.key === b.key && a.message === b.message;

/** Reviews in which a walk must come to its end. */
const MAX_REVIEWS = 60;

/** Whether a write comes to be allowed on the ways that its refusals name. */
function arrives(start: Situation): boolean {
  let left = MAX_REVIEWS;
  const walk = (situation: Situation, mended?: DecidedFinding): boolean => {
    left -= 1;
    const refusals = refusalsOf(situation);
    const [next] = refusals;
    if (next === undefined) return true;
    if (mended && refusals.some((refusal) => placeOf(refusal) === placeOf(mended))) return false;
    for (const { results } of waysOut(next, situation)) {
      for (const result of results) if (left > 0 && walk(result, next)) return true;
    }
    return false;
  };
  return walk(start);
}

/** Whether one refusal less like this one is there. */
const isMended = (refusal: DecidedFinding, before: Situation, after: Situation) =>
  refusalsOf(after).filter((other) => isAlike(other, refusal)).length <
  refusalsOf(before).filter((other) => isAlike(other, refusal)).length;

/** Refusals in the same words are mended the same way. */
const different = (refusals: readonly DecidedFinding[]) =>
  refusals.filter((one, index) => refusals.findIndex((other) => isAlike(one, other)) === index);

/** What is wrong with the ways out of the refusals of a write. */
function deadEnds(situation: Situation): string[] {
  const faults: string[] = [];
  for (const refusal of different(refusalsOf(situation)).slice(0, 20)) {
    const told = `${refusal.rule}: ${refusal.message}; fix: ${refusal.fix.text}`;
    let count = 0;
    for (const { name, results } of waysOut(refusal, situation)) {
      count += 1;
      let isWalkable = false;
      for (const result of results) {
        isWalkable = isMended(refusal, situation, result) && arrives(result);
        if (isWalkable) break;
      }
      if (!isWalkable) faults.push(`${told}: ${name} does not lead out`);
    }
    if (count === 0) faults.push(`${told}: no way out`);
    else walked.add(refusal.rule);
  }
  return faults;
}

t.test('every way out that a refusal names leads out', (t) => {
  const faults = EDITS.flatMap(({ name, change, facts, policy }) =>
    deadEnds({ change, facts, policy }).map((fault) => `${name}: ${fault}`),
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

import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { verdictOn } from './verdicts.ts';
import { type Situation, waysOut } from './ways.ts';

/**
 * No refusal is a dead end: every way out that it names is taken on the same write, and the refusal is
 * gone, and what is refused then has ways out in its turn, until the write is allowed.
 */

type Refusals = readonly DecidedFinding[];

/** Of situations that were judged: each is asked for once a way. */
const judged = new WeakMap<Situation, Refusals>();

export function refusalsOf(situation: Situation): Refusals {
  const known = judged.get(situation);
  if (known) return known;
  const { findings } = verdictOn(situation.change, situation.facts, situation.policy);
  const refusals = findings.filter(({ severity }) => severity === 'deny');
  judged.set(situation, refusals);
  return refusals;
}

/** An entry that comes before it may take the place of one that is gone. */
const isAlike = (a: DecidedFinding, b: DecidedFinding) =>
  a.rule === b.rule && a.key === b.key && a.message === b.message;

/** An entry that comes after one that is removed takes its place. */
const isOfRule = (a: DecidedFinding) => (b: DecidedFinding) => a.rule === b.rule && a.key === b.key;

/** What is refused where; the words may tell of what stands there. */
const isAtPlace = (a: DecidedFinding) => (b: DecidedFinding) =>
  isOfRule(a)(b) && JSON.stringify(a.path) === JSON.stringify(b.path);

/** Reviews in which a walk must come to its end. */
const MAX_REVIEWS = 1000;

/**
 * Whether a write comes to be allowed on the ways that its refusals name, the first refusal first. Of
 * what a person may choose, what leaves fewer refusals is gone on with before all else.
 */
export function arrives(start: Situation): boolean {
  let left = MAX_REVIEWS;
  const walk = (situation: Situation, refusals: Refusals): boolean => {
    const [next] = refusals;
    if (next === undefined) return true;
    const later: (() => boolean)[] = [];
    for (const { results } of waysOut(next, situation)) {
      for (const result of results) {
        if ((left -= 1) < 0) return false;
        const after = refusalsOf(result);
        const isLess = (kind: (other: DecidedFinding) => boolean) =>
          after.filter(kind).length < refusals.filter(kind).length;
        if (!isLess(isAtPlace(next)) && !isLess(isOfRule(next))) continue;
        if (after.length >= refusals.length) later.push(() => walk(result, after));
        else if (walk(result, after)) return true;
      }
    }
    return later.some((goOn) => goOn());
  };
  return walk(start, refusalsOf(start));
}

/** Whether one refusal less like this one is there. */
export const isMended = (refusal: DecidedFinding, before: Situation, after: Situation) =>
  refusalsOf(after).filter((other) => isAlike(other, refusal)).length <
  refusalsOf(before).filter((other) => isAlike(other, refusal)).length;

/** Refusals in the same words are mended the same way. */
const different = (refusals: Refusals) =>
  refusals.filter((one, index) => refusals.findIndex((other) => isAlike(one, other)) === index);

/** What is wrong with the ways out of the refusals of a write. */
export function deadEnds(situation: Situation, walked = new Set<string>()): string[] {
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

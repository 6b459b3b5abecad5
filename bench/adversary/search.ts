import { type Adversary, kindOf, traitsOf, worksOf } from './adversary.ts';
import { KINDS } from './kinds.ts';
import type { Random } from '../../test/support/adversary/random.ts';
import { type Work, costOf } from '../../test/support/adversary/work.ts';

/** What costs much, of those that were tried. */
export interface Find {
  readonly adversary: Adversary;
  readonly place: Work['place'];
  /** Milliseconds at full length, for what its kind tells them for. */
  readonly cost: number;
}

const MIB = 1024 * 1024;
/** Of each kind. */
const KEPT = 8;
const SEEDS = 1_000_000;
/** Of each that was kept, at the end. */
const RUNS_AGAIN = 5;

/**
 * Tries adversaries of all kinds in turn until `isOver`: half of them new, half altered from the
 * worst so far. Gives the worst of each kind, worst first, none twice at one place with the same traits.
 */
export async function search(random: Random, isOver: (tried: number) => boolean): Promise<Find[]> {
  const kinds = Object.keys(KINDS);
  const worst = new Map<string, readonly Find[]>(kinds.map((kind) => [kind, []]));
  for (let tried = 0; !isOver(tried); tried += 1) {
    const kind = kinds[tried % kinds.length] ?? '';
    const known = worst.get(kind) ?? [];
    const parents = known.length > 0 && random.below(2) === 0 ? random.pick(known).adversary : null;
    const seeds = [...(parents?.seeds ?? []), random.below(SEEDS)];
    worst.set(kind, await withTried(known, { kind, seeds }));
  }
  return againMeasured(kinds.flatMap((kind) => worst.get(kind) ?? []));
}

/** The worst of thousands of single figures owes a part of its cost to chance. */
async function againMeasured(finds: readonly Find[]): Promise<Find[]> {
  const again: Find[] = [];
  for (const find of finds) {
    for (const work of worksOf(find.adversary)) {
      if (work.place !== find.place) continue;
      const cost = Math.min(find.cost, await costPerUnit(find.adversary, work, RUNS_AGAIN));
      again.push({ ...find, cost });
    }
  }
  return again.sort((a, b) => b.cost - a.cost);
}

async function withTried(known: readonly Find[], adversary: Adversary): Promise<readonly Find[]> {
  let finds = known;
  for (const work of worksOf(adversary)) {
    const least = finds.length < KEPT ? 0 : (finds.at(-1)?.cost ?? 0);
    let cost = await costPerUnit(adversary, work, 1);
    // One run may pay for the collection of what others left.
    if (cost > least) cost = Math.min(cost, await costPerUnit(adversary, work, 2));
    if (cost > least) finds = withFind(finds, { adversary, place: work.place, cost });
  }
  return finds;
}

/** The least of some runs: milliseconds for what its kind tells them for. */
export async function costPerUnit(adversary: Adversary, work: Work, runs: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run += 1) least = Math.min(least, await costOf(work));
  return kindOf(adversary).per === 'MiB' ? least / (work.length / MIB) : least;
}

function withFind(finds: readonly Find[], find: Find): readonly Find[] {
  const traits = placeAndTraits(find);
  const isKnown = (other: Find) => placeAndTraits(other) === traits;
  if (finds.some((other) => isKnown(other) && other.cost >= find.cost)) return finds;
  return [...finds.filter((other) => !isKnown(other)), find]
    .sort((a, b) => b.cost - a.cost)
    .slice(0, KEPT);
}

const placeAndTraits = ({ adversary, place }: Find) => `${place} ${traitsOf(adversary)}`;

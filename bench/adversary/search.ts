import { type Adversary, alteredAdversary, anyAdversary, dataOf } from './object.ts';
import type { Random } from './random.ts';
import { PLACES, type Place, costPerMib } from './work.ts';

/** What costs much for its length, of those that were tried. */
export interface Find {
  readonly adversary: Adversary;
  readonly place: Place;
  /** Milliseconds for each MiB, at full length. */
  readonly cost: number;
}

const MIB = 1024 * 1024;
/** All texts of an object of a ConfigMap may have 1 MiB; some of it is the base's. */
const FULL = MIB - 16_384;
/** What is tried first: long enough that what is not linear shows. */
const SHORT = MIB / 8;
const KEPT = 24;

/**
 * Tries adversaries until `isOver`: half of them new, half altered from the worst so far. Gives the
 * worst, worst first, none twice at one place in the same frame.
 */
export async function search(random: Random, isOver: (tried: number) => boolean): Promise<Find[]> {
  let worst: Find[] = [];
  for (let tried = 0; !isOver(tried); tried += 1) {
    const parent =
      worst.length > 0 && random.below(2) === 0 ? random.pick(worst).adversary : undefined;
    const adversary = parent ? alteredAdversary(parent, random) : anyAdversary(random);
    const short = dataOf(adversary, SHORT);
    for (const place of PLACES) {
      const guess = await costPerMib(place, short.old, short.new);
      const least = worst.length < KEPT ? 0 : (worst.at(-1)?.cost ?? 0);
      // A text eight times as long costs eight times as much per MiB where the work is quadratic.
      if (guess < least / 4) continue;
      const find = { adversary, place, cost: await fullCost(adversary, place) };
      if (find.cost > least) worst = withFind(worst, find);
    }
  }
  return worst;
}

/** The least of two runs, as the first may pay for the collection of what others left. */
async function fullCost(adversary: Adversary, place: Place): Promise<number> {
  const { old, new: data } = dataOf(adversary, FULL);
  const first = await costPerMib(place, old, data);
  return Math.min(first, await costPerMib(place, old, data));
}

function withFind(finds: readonly Find[], find: Find): Find[] {
  const kind = kindOf(find);
  const better = finds.find((other) => kindOf(other) === kind && other.cost >= find.cost);
  if (better) return [...finds];
  return [...finds.filter((other) => kindOf(other) !== kind), find]
    .sort((a, b) => b.cost - a.cost)
    .slice(0, KEPT);
}

const kindOf = ({ adversary, place }: Find) =>
  [place, ...Object.entries(adversary.texts).map(([key, { head }]) => key + head)].join(' ');

import { BASE_VETH } from '../../test/support/config-maps.ts';
import { type Figure, printFigures } from '../report.ts';
import { KNOWN } from './known.ts';
import { describe } from './object.ts';
import { seeded } from './random.ts';
import { search } from './search.ts';
import { PLACES, costPerMib } from './work.ts';

const WANTED = '< 50';
const LENGTH = 1024 * 1024 - 16_384;

/** Milliseconds of CPU time for each MiB, at all places, of those. */
async function benchKnown(): Promise<void> {
  const figures: Figure[] = [];
  for (const [what, make] of Object.entries(KNOWN)) {
    const data = make(LENGTH);
    for (const place of PLACES) {
      const costs = [];
      for (let round = 0; round < 3; round += 1)
        costs.push(await costPerMib(place, BASE_VETH, data));
      figures.push({
        what: `${what}: ${place}`,
        value: Math.min(...costs),
        unit: 'ms/MiB',
        wanted: WANTED,
      });
    }
  }
  printFigures('Objects that were slow once', figures);
}

/** The worst that a search of so many minutes finds. */
async function benchFound(minutes: number, seed: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  let count = 0;
  const finds = await search(seeded(seed), (tried) => {
    count = tried;
    return performance.now() >= end;
  });
  printFigures(
    `The worst of ${count} objects in ${minutes} minutes, seed ${seed}`,
    finds.map(({ adversary, place, cost }) => ({
      what: `${place} ${describe(adversary)}`,
      value: cost,
      unit: 'ms/MiB',
      wanted: WANTED,
    })),
  );
}

/** What the costliest objects cost: those that are known, then those that a search finds. */
export async function benchAdversaries(minutes: number, seed: number): Promise<void> {
  await benchKnown();
  await benchFound(minutes, seed);
}

import { BASE_VETH, type Data } from '../../test/support/config-maps.ts';
import { type Figure, printFigures } from '../report.ts';
import { describe, kindOf, nameOf, worksOf } from './adversary.ts';
import { KNOWN } from '../../test/support/adversary/known.ts';
import { KINDS } from './kinds.ts';
import { seeded } from '../../test/support/adversary/random.ts';
import { costPerUnit, search } from './search.ts';
import { type Work, costOf, reviewAt, worksOnStored } from '../../test/support/adversary/work.ts';
import { reviewBody } from '../../test/support/reviews.ts';

const MIB = 1024 * 1024;
const LENGTH = MIB - 16_384;
const RUNS = 3;

/** What is done with an object that takes the place of a good one. */
function worksWith(data: Data): readonly Work[] {
  const body = reviewBody({ oldData: BASE_VETH, data });
  return [reviewAt('validate', body), reviewAt('mutate', body), ...worksOnStored(data)];
}

const FILLINGS = [
  { padding: '', title: 'Objects that were slow once, at their costliest place' },
  { padding: ' ', title: 'The same with as many values as are read, and white space behind them' },
];

/** The costliest place of each object that was slow once. */
async function benchKnown(): Promise<void> {
  for (const { padding, title } of FILLINGS) {
    const figures: Figure[] = [];
    for (const [what, make] of Object.entries(KNOWN)) {
      let worst = { place: '', cost: 0 };
      for (const work of worksWith(make(LENGTH, padding))) {
        const costs: number[] = [];
        for (let run = 0; run < RUNS; run += 1) costs.push(await costOf(work));
        const cost = Math.min(...costs) / (work.length / MIB);
        if (cost > worst.cost) worst = { place: work.place, cost };
      }
      const { place, cost } = worst;
      figures.push({ what: `${what} (${place})`, value: cost, unit: 'ms/MiB', wanted: '< 50' });
    }
    printFigures(title, figures);
  }
}

/** The worst of each kind that a search of so many minutes finds. */
async function benchFound(minutes: number, seed: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  let count = 0;
  const finds = await search(seeded(seed), (tried) => {
    count = tried;
    return performance.now() >= end;
  });
  for (const [name, { per, wanted }] of Object.entries(KINDS)) {
    printFigures(
      `${name}: the worst of ${count} in ${minutes} minutes with seed ${seed}`,
      finds
        .filter(({ adversary }) => adversary.kind === name)
        .map(({ adversary, place, cost }) => ({
          what: `${adversary.seeds.join('/')} (${place})`,
          value: cost,
          unit: per === 'MiB' ? 'ms/MiB' : 'ms',
          wanted: `< ${wanted}`,
        })),
    );
  }
}

/** What the costliest objects cost: those that are known, then those that a search finds. */
export async function benchAdversaries(minutes: number, seed: number): Promise<void> {
  await benchKnown();
  await benchFound(minutes, seed);
}

/** What a find costs at each place, and what it is made of. */
export async function benchFind(kind: string, seeds: string): Promise<void> {
  const adversary = { kind, seeds: seeds.split('/').map(Number) };
  const { per, wanted } = kindOf(adversary);
  const figures: Figure[] = [];
  for (const work of worksOf(adversary)) {
    const value = await costPerUnit(adversary, work, RUNS);
    const unit = per === 'MiB' ? 'ms/MiB' : 'ms';
    figures.push({ what: work.place, value, unit, wanted: `< ${wanted}` });
  }
  printFigures(nameOf(adversary), figures);
  process.stdout.write(`${describe(adversary)}\n`);
}

import { readReview } from '../src/admission/request.ts';
import { readConfig } from '../src/config/load.ts';
import { decide } from '../src/engine/core/decide.ts';
import { review } from '../src/engine/rules/index.ts';
import { median, printFigures } from './report.ts';
import { ACCEPTED, CONFIGURATION, DENIED } from './samples.ts';

const ROUNDS = 15;
const CALLS = 2000;

/** Median over rounds of the microseconds one call takes, after a warm-up. */
function microseconds(run: () => void): number {
  for (let call = 0; call < CALLS * 3; call += 1) run();
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call += 1) run();
    rounds.push(Number(process.hrtime.bigint() - start) / 1000 / CALLS);
  }
  return median(rounds);
}

/** `review()` against JSON.parse of the same body, in this process. */
export function benchReview(): void {
  const {
    facts: { known: facts },
    policy,
  } = readConfig(CONFIGURATION, 'bench');
  const parse = microseconds(() => void JSON.parse(ACCEPTED));
  const timeOf = (body: string) => {
    const change = readReview(JSON.parse(body))?.change;
    if (!change) throw new Error('the sample is not about eni-config');
    return microseconds(() => void decide(review(change, facts, policy), policy));
  };
  const accepted = timeOf(ACCEPTED);
  const denied = timeOf(DENIED);
  printFigures(`review() in process, body of ${ACCEPTED.length} bytes`, [
    { what: 'JSON.parse of the body', value: parse, unit: 'us', wanted: '' },
    { what: 'review(), accepted', value: accepted, unit: 'us', wanted: '' },
    { what: 'review(), accepted / JSON.parse', value: accepted / parse, unit: 'x', wanted: '<= 5' },
    { what: 'review(), denied / JSON.parse', value: denied / parse, unit: 'x', wanted: '<= 5' },
  ]);
}

import { type AdmissionRequest, readReview } from '../src/admission/request.ts';
import { readConfig } from '../src/config/load.ts';
import { decide } from '../src/engine/core/decide.ts';
import { review } from '../src/engine/rules/index.ts';
import { median, printFigures } from './report.ts';
import { ACCEPTED, CONFIGURATION, DENIED, distinct } from './samples.ts';

const ROUNDS = 15;
const CALLS = 1024;
/** Bodies that differ, as nothing may be known of a text from the call before. */
const BODIES = 64;

/**
 * Microseconds of CPU time that `work` takes for each body: the median over rounds, after a warm-up. What
 * `prepare` makes of the bodies for each round is not counted.
 */
function microseconds<T>(prepare: () => readonly T[], work: (item: T) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS + 3; round += 1) {
    let spent = 0;
    for (let calls = 0; calls < CALLS; calls += BODIES) {
      const items = prepare();
      const before = process.threadCpuUsage();
      for (const item of items) work(item);
      const { user, system } = process.threadCpuUsage(before);
      spent += user + system;
    }
    if (round >= 3) rounds.push(spent / CALLS);
  }
  return median(rounds);
}

function changeOf(body: string): NonNullable<AdmissionRequest['change']> {
  const change = readReview(JSON.parse(body))?.change;
  if (!change) throw new Error('the sample is not about eni-config');
  return change;
}

/** `review()` against JSON.parse of the same body, in this process. */
export function benchReview(): void {
  const {
    facts: { known: facts },
    policy,
  } = readConfig(CONFIGURATION, 'bench');
  const accepted = distinct(ACCEPTED, BODIES);
  const denied = distinct(DENIED, BODIES);
  const parse = microseconds(
    () => accepted,
    (body) => void JSON.parse(body),
  );
  const timeOf = (bodies: readonly string[]) =>
    microseconds(
      () => bodies.map(changeOf),
      (change) => void decide(review(change, facts, policy), policy),
    );
  const [good, bad] = [timeOf(accepted), timeOf(denied)];
  printFigures(`review() in process, ${BODIES} bodies of ${ACCEPTED.length} bytes`, [
    { what: 'JSON.parse of the body', value: parse, unit: 'us', wanted: '' },
    { what: 'review(), accepted', value: good, unit: 'us', wanted: '' },
    { what: 'review(), accepted / JSON.parse', value: good / parse, unit: 'x', wanted: '<= 5' },
    { what: 'review(), denied / JSON.parse', value: bad / parse, unit: 'x', wanted: '<= 5' },
  ]);
}

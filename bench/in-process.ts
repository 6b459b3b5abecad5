import { readReview } from '../src/admission/request.ts';
import { reviewOf } from '../src/admission/response.ts';
import { validate } from '../src/admission/validate.ts';
import { readConfig } from '../src/config/load.ts';
import { decide } from '../src/engine/core/decide.ts';
import { review } from '../src/engine/rules/index.ts';
import { conflist, BASE_VETH, VETH_CONF, withConflist } from '../test/support/config-maps.ts';
import { reviewBody } from '../test/support/reviews.ts';
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

const MIB = 1024 * 1024;

/** Chains of about one MiB that make as much work as they can. */
const ADVERSARIES: Readonly<Record<string, (bytes: number) => string>> = {
  nested: (bytes) =>
    `{"plugins":[${Array(Math.floor(bytes / 500))
      .fill('['.repeat(250) + ']'.repeat(250))
      .join(',')}]}`,
  'many findings': (bytes) => conflist(Array(Math.floor(bytes / 6)).fill({}), null),
  'wide entry': (bytes) =>
    conflist(
      [
        VETH_CONF,
        {
          type: 'portmap',
          ...Object.fromEntries(
            Array.from({ length: Math.floor(bytes / 20) }, (_, i) => [`masqAl${i}`, 1]),
          ),
        },
      ],
      null,
    ),
  'broken everywhere': (bytes) => '{"a" 1,}\n'.repeat(Math.floor(bytes / 9)),
  'one line of slips': (bytes) => `[${'1 '.repeat(bytes / 2)}]`,
  'wrong elements': (bytes) =>
    conflist(
      [VETH_CONF, { type: 'portmap', conditionsV4: Array(Math.floor(bytes / 2)).fill(1) }],
      null,
    ),
  'unknown types': (bytes) =>
    conflist(
      [
        VETH_CONF,
        ...Array.from({ length: Math.floor(bytes / 20) }, (_, i) => ({ type: `p${i}x` })),
      ],
      null,
    ),
  'emoji on one line': (bytes) =>
    conflist([VETH_CONF, { type: 'portmap', note: '\u{1f600}'.repeat(bytes / 5), snat: 1 }], null),
  'a list in the first entry': (bytes) =>
    conflist([{ ...VETH_CONF, host_stack_cidrs: Array(Math.floor(bytes / 8)).fill('10.0') }], null),
  'long string': (bytes) => conflist([VETH_CONF, { type: 'x'.repeat(bytes) }], null),
};

/** The whole answer to adversarial objects of one MiB, and of half of it: the cost is linear. */
export async function benchAdversaries(): Promise<void> {
  const {
    facts: { known: facts },
    policy,
    defaults,
  } = readConfig(CONFIGURATION, 'bench');
  const webhook = { review, facts: () => facts, policy, defaults };
  const milliseconds = async (text: string) => {
    const body = reviewBody({ oldData: BASE_VETH, data: withConflist(BASE_VETH, text) });
    const rounds: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = process.hrtime.bigint();
      JSON.stringify(reviewOf((await validate(body, webhook)).response));
      rounds.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    return median(rounds);
  };
  const figures = [];
  for (const [what, make] of Object.entries(ADVERSARIES)) {
    const half = await milliseconds(make(MIB / 2 - 4096));
    const whole = await milliseconds(make(MIB - 8192));
    figures.push(
      { what, value: whole, unit: 'ms', wanted: '< 100' },
      { what: `${what}, against half a MiB`, value: whole / half, unit: 'x', wanted: 'about 2' },
    );
  }
  printFigures('adversarial ConfigMaps of 1 MiB, whole answer', figures);
}

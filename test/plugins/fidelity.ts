// Measures at scale how the guard and the real programs agree, and prints it.
//
//   node test/plugins/fidelity.ts [COUNT] [plugins|terway]
//
// COUNT configurations (100 000 without it) go through the binaries of every plugin release, and as
// many writes of eni-config through Terway's own code; or through one of the two judges. FC_SEED
// repeats a run. SIGINT ends it after the share at hand. Exit status 1 with a false admission or an
// unexplained false denial, 2 when the call is unusable.
import { findOrBuild, findOrBuildTerwayJudge } from '../support/plugin-binaries.ts';
import { PLUGIN_RELEASES, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { type Case, runAll } from './cases.ts';
import { falseAdmissions, falseDenials, withGuard } from './compare.ts';
import { describeAll } from './describe.ts';
import { randomDocuments } from './documents.ts';
import { randomConfigurations } from './generate.ts';
import * as terway from './judged.ts';
import { installNetworkTools } from './sandbox/tools.ts';

const DEFAULT_COUNT = 100_000;

/** So much is generated, run and counted before the next: the count does not bound memory. */
const AT_ONCE = 1200;

/** What was counted of one judge: a plugin release, or Terway. */
interface Tally {
  runs: number;
  /** By outcome. */
  readonly outcomes: Map<string, number>;
  admissions: number;
  /** By named reason. */
  readonly denials: Map<string, number>;
  unexplained: number;
}

const emptyTally = (): Tally => ({
  runs: 0,
  outcomes: new Map(),
  admissions: 0,
  denials: new Map(),
  unexplained: 0,
});

const [countText, only] = process.argv.slice(2);
const count = Number(countText ?? DEFAULT_COUNT);
if (!Number.isInteger(count) || count < 1 || !['plugins', 'terway', undefined].includes(only)) {
  process.stderr.write('usage: node test/plugins/fidelity.ts [COUNT] [plugins|terway]\n');
  process.exit(2);
}
const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
print(`FC_SEED=${seed}, ${count} configurations for each judge`);

await installNetworkTools();
const judge = await findOrBuildTerwayJudge();
const binaries = await findOrBuild();
const tallies = new Map<string, Tally>();
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
for (let done = 0; done < count && !interrupt.signal.aborted; done += AT_ONCE) {
  const share = Math.min(AT_ONCE, count - done);
  // A seed of its own for each share, so that one share can be repeated alone.
  if (only !== 'plugins') await measureTerway(share, seed + done);
  if (only !== 'terway') await measurePlugins(share, seed + done);
  process.stderr.write(`${Math.min(done + share, count)} of ${count}, seed ${seed + done}\n`);
}
for (const [name, tally] of tallies) printTally(name, tally);
const all = [...tallies.values()];
process.exitCode = all.some(({ admissions, unexplained }) => admissions + unexplained > 0) ? 1 : 0;

async function measureTerway(share: number, seed: number): Promise<void> {
  const judged = await terway.judgeAll(judge, randomDocuments(share, seed));
  const admissions = terway.falseAdmissions(judged);
  const { named, unexplained } = terway.falseDenials(judged);
  for (const wrong of [admissions, unexplained]) {
    if (wrong.length > 0) print(terway.describeJudged(wrong));
  }
  const tally = tallyOf(`Terway ${TERWAY_RELEASE}`);
  tally.runs += judged.length;
  for (const { failures } of judged)
    add(tally.outcomes, failures.length > 0 ? 'refused' : 'accepted');
  tally.admissions += admissions.length;
  tally.unexplained += unexplained.length;
  for (const [name, times] of named) add(tally.denials, name, times);
}

async function measurePlugins(share: number, seed: number): Promise<void> {
  const cases = await runAll(binaries, randomConfigurations(share, seed), TERWAY_RELEASE);
  const unclear = cases.filter(({ outcome }) => outcome === 'unclear');
  if (unclear.length > 0) print(describeAll(withGuard(unclear)));
  for (const release of PLUGIN_RELEASES) {
    const own = cases.filter((one: Case) => one.release === release);
    const judged = withGuard(own);
    const admissions = falseAdmissions(judged);
    const { named, unexplained } = falseDenials(judged);
    for (const wrong of [admissions, unexplained]) {
      if (wrong.length > 0) print(describeAll(wrong));
    }
    const tally = tallyOf(`plugins ${release}`);
    tally.runs += own.length;
    for (const { outcome } of own) add(tally.outcomes, outcome);
    tally.admissions += admissions.length;
    tally.unexplained += unexplained.length;
    for (const [name, times] of named) add(tally.denials, name, times);
  }
}

function tallyOf(name: string): Tally {
  const tally = tallies.get(name) ?? emptyTally();
  tallies.set(name, tally);
  return tally;
}

function add(counts: Map<string, number>, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

function printTally(
  name: string,
  { runs, outcomes, admissions, denials, unexplained }: Tally,
): void {
  const byOutcome = [...outcomes].map(([outcome, times]) => `${times} ${outcome}`).join(', ');
  print(`${name}: ${runs} (${byOutcome})`);
  print(`  false admissions: ${admissions}`);
  print(`  false denials without a named reason: ${unexplained}`);
  const reasons = [...denials].sort(([, a], [, b]) => b - a);
  for (const [reason, times] of reasons) print(`  false denials, ${reason}: ${times}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

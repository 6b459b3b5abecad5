// Measures at scale how the guard and the real programs agree, and prints it.
//
//   node test/plugins/fidelity.ts [COUNT] [plugins|terway|fixes]
//
// COUNT configurations (100 000 without it) go through the code of every plugin release, and as many
// writes of eni-config through Terway's own code; the fixes that are told for these are applied, and
// the ways out of every refusal are gone to their end. Or one of the three. FC_SEED repeats a run.
// SIGINT ends it after the share at hand. Exit status 1 with a false admission, an unexplained false
// denial, a fix that does not do what it says or a way that does not lead out, 2 when the call is
// unusable.
//
// portmap and firewall first run with stand-ins for iptables and nft. Where guard and plugin then agree
// about the configuration they agree in any case; where they do not, the plugin runs again with the
// real ones, and that answer counts.
import { findOrBuildPluginJudges, findOrBuildTerwayJudge } from '../support/plugin-binaries.ts';
import { PLUGIN_RELEASES, type PluginRelease, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { type Ask, type Case, answerAll, judges, runAll } from './cases.ts';
import { type Disagreement, falseAdmissions, falseDenials, withGuard } from './compare.ts';
import { describeAll } from './describe.ts';
import { randomDocuments } from './documents.ts';
import { deadEndsOf, tryFixes } from './fixes.ts';
import { type Configuration, randomConfigurations } from './generate.ts';
import * as terway from './judged.ts';
import { installNetworkTools } from './sandbox/tools.ts';

const DEFAULT_COUNT = 100_000;

/** So much is generated, run and counted before the next: the count does not bound memory. */
const AT_ONCE = 5000;

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
const isOne = only === undefined || ['plugins', 'terway', 'fixes'].includes(only);
if (!Number.isInteger(count) || count < 1 || !isOne) {
  process.stderr.write('usage: node test/plugins/fidelity.ts [COUNT] [plugins|terway|fixes]\n');
  process.exit(2);
}
const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
print(`FC_SEED=${seed}, ${count} configurations for each judge`);

await installNetworkTools();
const judge = await findOrBuildTerwayJudge();
const folders = {} as Record<PluginRelease, string>;
for (const release of PLUGIN_RELEASES) folders[release] = await findOrBuildPluginJudges(release);
const quick = judges(judge, folders, true);
const real = judges(judge, folders, false);
const tallies = new Map<string, Tally>();
const fixes = { writes: 0, applied: 0, faults: 0, ends: 0 };
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
for (let done = 0; done < count && !interrupt.signal.aborted; done += AT_ONCE) {
  const share = Math.min(AT_ONCE, count - done);
  // A seed of its own for each share, so that one share can be repeated alone.
  if (only === undefined || only === 'terway') await measureTerway(share, seed + done);
  if (only === undefined || only === 'fixes') measureFixes(share, seed + done);
  if (only === undefined || only === 'plugins') await measurePlugins(share, seed + done);
  process.stderr.write(`${Math.min(done + share, count)} of ${count}, seed ${seed + done}\n`);
}
for (const [name, tally] of tallies) printTally(name, tally);
if (fixes.writes > 0) {
  print(`fixes: ${fixes.applied} applied for ${fixes.writes} writes`);
  print(`  that do not do what they say: ${fixes.faults}`);
  print(`  ways out that do not lead out: ${fixes.ends}`);
}
const all = [...tallies.values()];
const isWrong = all.some(({ admissions, unexplained }) => admissions + unexplained > 0);
process.exitCode = isWrong || fixes.faults + fixes.ends > 0 ? 1 : 0;

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

function measureFixes(share: number, seed: number): void {
  for (const document of randomDocuments(share, seed)) {
    const { applied, faults } = tryFixes(document);
    fixes.writes += 1;
    fixes.applied += applied;
    fixes.faults += faults.length;
    const ends = deadEndsOf(document);
    fixes.ends += ends.length;
    for (const fault of [...faults, ...ends]) {
      print(`${fault}\n  ${JSON.stringify(document).slice(0, 2000)}`);
    }
  }
}

async function measurePlugins(share: number, seed: number): Promise<void> {
  const first = withGuard(await runAll(quick, randomConfigurations(share, seed)));
  const again = first.filter(isOpen).map(({ one }) => one as Configuration & Ask);
  const all = [...first.filter((one) => !isOpen(one)), ...withGuard(await answerAll(real, again))];
  const unclear = all.filter(({ one }) => one.outcome === 'unclear');
  if (unclear.length > 0) print(describeAll(unclear));
  for (const release of PLUGIN_RELEASES) {
    const judged = all.filter(({ one }) => one.release === release);
    const admissions = falseAdmissions(judged);
    const { named, unexplained } = falseDenials(judged);
    for (const wrong of [admissions, unexplained]) {
      if (wrong.length > 0) print(describeAll(wrong));
    }
    const tally = tallyOf(`plugins ${release}`);
    tally.runs += judged.length;
    for (const { one } of judged) add(tally.outcomes, one.outcome);
    tally.admissions += admissions.length;
    tally.unexplained += unexplained.length;
    for (const [name, times] of named) add(tally.denials, name, times);
  }
}

/** Whether the packet filter's programs may decide how guard and plugin agree. */
function isOpen({ one, findings }: Disagreement): boolean {
  const { plugin, outcome, stdin }: Case = one;
  if (stdin === undefined || (plugin !== 'portmap' && plugin !== 'firewall')) return false;
  if (outcome === 'unclear') return true;
  return (outcome === 'refused') === (findings.length === 0);
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

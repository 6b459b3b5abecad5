import t from 'tap';

import type { TerwayStage } from '../support/claims/claim.ts';
import { findOrBuildTerwayJudge } from '../support/plugin-binaries.ts';
import { everyField, randomDocuments } from './documents.ts';
import { describeJudged, falseAdmissions, falseDenials, judgeAll } from './judged.ts';
import { installNetworkTools } from './sandbox/tools.ts';
import { TERWAY_EXCEPTIONS } from './terway-exceptions.ts';

// Building Terway takes minutes, once per machine; the documents take one.
t.setTimeout(20 * 60_000);

/** Terway's own code and the guard judge the same writes of eni-config. */

const RANDOM = 1000;

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`random documents drawn with FC_SEED=${seed}`);

await installNetworkTools();
const judge = await findOrBuildTerwayJudge();
const judged = await judgeAll(judge, [...everyField(), ...randomDocuments(RANDOM, seed)]);
t.comment(`${judged.length} documents`);

const STAGES: readonly TerwayStage[] = [
  'cni',
  'nodeconfig',
  'daemon',
  'policy',
  'runtime',
  'plugin',
];

t.test('every step of a start was made to fail, and many documents pass all of them', (t) => {
  const failed = new Set(judged.flatMap(({ failures }) => failures.map(({ stage }) => stage)));
  t.same([...failed].sort(), [...STAGES].sort());
  t.ok(judged.filter(({ failures }) => failures.length === 0).length > 1000);
  t.end();
});

t.test('what Terway does not start with, the guard refuses', (t) => {
  t.equal(describeJudged(falseAdmissions(judged)), '');
  t.end();
});

t.test('what Terway starts with is refused for named reasons only', (t) => {
  const { named, unexplained } = falseDenials(judged);
  t.equal(describeJudged(unexplained), '');
  for (const { name } of TERWAY_EXCEPTIONS) t.ok(named.has(name), name);
  t.end();
});

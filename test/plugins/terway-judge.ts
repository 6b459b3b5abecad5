import type { JudgedNode, TerwayStage } from '../support/claims/claim.ts';
import type { Data } from '../support/config-maps.ts';
import { runInSandbox } from './sandbox/run.ts';
import { type Merged, chainOf, entriesIn } from './terway-merge.ts';

/** A step of Terway's start that failed, and what Terway said. */
export interface Failure {
  readonly stage: TerwayStage;
  readonly message: string;
}

/** What the sandbox needs to have documents judged, or only their chains merged. */
export interface JudgeInput {
  readonly judge: string;
  readonly task: 'judge' | 'merge';
  readonly documents: readonly JudgedDocument[];
}

/** An eni-config, and how the node differs that starts with it. */
export interface JudgedDocument {
  readonly data: Data;
  readonly node?: JudgedNode;
}

/** What the judge answers; a list only when it merges, and succeeds. */
interface Verdict {
  readonly failures: readonly Failure[];
  readonly list?: string;
}

/** Documents that go through the sandbox at once, so that no text grows beyond all bounds. */
const AT_ONCE = 2000;

/** Has Terway's own code judge each eni-config; no failures for what a node starts with. */
export async function judgeByTerway(
  judge: string,
  documents: readonly JudgedDocument[],
): Promise<(readonly Failure[])[]> {
  return (await verdictsOn(judge, 'judge', documents)).map(({ failures }) => failures);
}

/**
 * Sends each entry, as the second of a chain that begins with `first`, through Terway's own code, as
 * {@link mergeByTerway} does through terway-cli.
 */
export async function mergeByJudge(
  judge: string,
  data: Data,
  first: string,
  entries: readonly string[],
): Promise<Merged[]> {
  const documents = entries.map((entry) => ({
    data: { ...data, '10-terway.conflist': chainOf(first, [entry]) },
  }));
  return (await verdictsOn(judge, 'merge', documents)).map(({ failures, list }): Merged =>
    list === undefined
      ? { refusal: failures.map(({ message }) => message).join() }
      : { entry: entriesIn(list)[0]! },
  );
}

async function verdictsOn(
  judge: string,
  task: JudgeInput['task'],
  documents: readonly JudgedDocument[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let start = 0; start < documents.length; start += AT_ONCE) {
    const input: JudgeInput = { judge, task, documents: documents.slice(start, start + AT_ONCE) };
    verdicts.push(...(await runInSandbox<Verdict[]>('judge-job.ts', input)));
  }
  return verdicts;
}

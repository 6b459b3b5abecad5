import type { TerwayStage } from '../support/claims.ts';
import type { Data } from '../support/config-maps.ts';
import { runInSandbox } from './sandbox/run.ts';

/** A step of Terway's start that failed, and what Terway said. */
export interface Failure {
  readonly stage: TerwayStage;
  readonly message: string;
}

/** What the sandbox needs to have documents judged. */
export interface JudgeInput {
  readonly judge: string;
  readonly documents: readonly Data[];
}

/** Documents that go through the sandbox at once, so that no text grows beyond all bounds. */
const AT_ONCE = 2000;

/** Has Terway's own code judge each eni-config; no failures for what a node starts with. */
export async function judgeByTerway(
  judge: string,
  documents: readonly Data[],
): Promise<(readonly Failure[])[]> {
  const verdicts: (readonly Failure[])[] = [];
  for (let start = 0; start < documents.length; start += AT_ONCE) {
    const input: JudgeInput = { judge, documents: documents.slice(start, start + AT_ONCE) };
    verdicts.push(...(await runInSandbox<(readonly Failure[])[]>('judge-job.ts', input)));
  }
  return verdicts;
}

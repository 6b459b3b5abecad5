import type { Data } from '../support/config-maps.ts';
import { runInSandbox } from './sandbox/run.ts';

/** A node, by what an earlier start of Terway has recorded there, or by its label. */
export type TerwayNode = 'new' | 'veth' | 'datapathv2' | 'exclusive-eni';

export interface RenderCase {
  readonly node: TerwayNode;
  readonly data: Data;
}

/** What the sandbox needs to have files of nodes written. */
export interface RenderInput {
  readonly terwayCli: string;
  readonly cases: readonly RenderCase[];
}

/** The file that terway-cli wrote, or what it said when it refused. */
export interface Rendered {
  readonly file?: string;
  readonly refusal?: string;
}

/** Cases that go through the sandbox at once. */
const AT_ONCE = 500;

/** Has the real terway-cli write the file of a node from each eni-config. */
export async function renderByTerway(
  terwayCli: string,
  cases: readonly RenderCase[],
): Promise<Rendered[]> {
  const rendered: Rendered[] = [];
  for (let start = 0; start < cases.length; start += AT_ONCE) {
    const input: RenderInput = { terwayCli, cases: cases.slice(start, start + AT_ONCE) };
    rendered.push(...(await runInSandbox<Rendered[]>('render-job.ts', input)));
  }
  return rendered;
}

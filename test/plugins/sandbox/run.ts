import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { leash, release, removeAtEnd } from '../../support/leash.ts';
import { collect } from '../../support/output.ts';

const ENTER = fileURLToPath(new URL('enter.sh', import.meta.url));

/** A module of this folder that reads its input as JSON from stdin and prints its result as JSON. */
export type Job =
  'judge-job.ts' | 'merge-job.ts' | 'plugin-job.ts' | 'plugin-judge-job.ts' | 'render-job.ts';

/**
 * Runs a job in network, mount and process namespaces of its own. They vanish with it, and with
 * this process, and so does whatever the job started. Needs root.
 */
export async function runInSandbox<Result>(job: Job, input: unknown): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'eni-config-guard-'));
  const janitor = removeAtEnd(folder);
  try {
    const inputFile = join(folder, 'input.json');
    await writeFile(inputFile, JSON.stringify(input));
    const script = fileURLToPath(new URL(job, import.meta.url));
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
    // Node reads the job's TypeScript by itself: in there nothing can be cached on disk.
    const args = [...namespaces, 'sh', ENTER, inputFile, process.execPath, script];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { code, stdout, stderr } = await collect(leash('unshare', args, { env }));
    if (code === 0) return JSON.parse(stdout) as Result;
    throw new Error(`${job} failed in the sandbox (exit ${code}):\n${stderr.trim()}`);
  } finally {
    await release(janitor);
  }
}

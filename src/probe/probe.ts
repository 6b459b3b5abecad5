import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, askPlugin } from './ask.ts';
import { type Candidate, listExecutables } from './directory.ts';
import { reasonNotToRun } from './executable.ts';
import { type ProbeResult, isPluginName } from './result.ts';

export interface ProbeLimits {
  /** For one question to one binary, of the two. */
  readonly answerMilliseconds: number;
  /** For everything; what is not asked by then is present, its version unknown. */
  readonly totalMilliseconds: number;
}

/**
 * A plugin answers within milliseconds. On a node that is starting, or in a container with a small CPU
 * limit, it takes longer; a version recorded as unknown stays unknown until the next probe.
 */
const PROBE_LIMITS: ProbeLimits = { answerMilliseconds: 5000, totalMilliseconds: 60_000 };

const PARALLEL = 4;

export interface Probe extends ProbeResult {
  readonly binaries: ReadonlyMap<string, Answer>;
}

/**
 * Which plugin binaries lie in `directory`, and what they say of themselves; the `important` names
 * are asked first. Rejects when the directory can't be read; a bad file in it is an answer.
 */
export async function probeDirectory(
  directory: string,
  important: ReadonlySet<string>,
  limits = PROBE_LIMITS,
): Promise<Probe> {
  const root = await realpath(directory);
  const { candidates, leftOut } = await listExecutables(root);
  const rank = ({ name }: Candidate) => `${important.has(name) ? 0 : 1}${name}`;
  const sorted = [...candidates].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const signal = AbortSignal.timeout(limits.totalMilliseconds);

  const answers = new Map<string, Answer>(sorted.map(({ name }) => [name, {}]));
  const queue = sorted.values();
  const work = async () => {
    for (const candidate of queue) {
      answers.set(candidate.name, await examine(root, candidate, limits, signal));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return { binaries: answers, ...(leftOut > 0 && { leftOut }) };
}

async function examine(
  root: string,
  { name, problem }: Candidate,
  { answerMilliseconds }: ProbeLimits,
  signal: AbortSignal,
): Promise<Answer> {
  if (problem !== undefined) return { problem };
  if (!isPluginName(name)) return { problem: 'no name for a plugin' };
  if (signal.aborted) return { problem: 'no time left' };
  // By its own name even where that is a link: a program with many names goes by it.
  const path = join(root, name);
  const reason = await reasonNotToRun(path, signal);
  if (reason !== undefined) return { problem: reason };
  return askPlugin(path, { milliseconds: answerMilliseconds, signal });
}

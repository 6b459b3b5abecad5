import { Session } from 'node:inspector/promises';

/** Steps that the code under src/ takes: each run of each block of it, as V8 counts them. */
export interface WorkCounter {
  /** How many steps `run` takes. No clock, so alike in every run, to a tenth; work inside V8 has none. */
  readonly stepsOf: (run: () => unknown) => Promise<number>;
  readonly stop: () => void;
}

/**
 * Counts from now until `stop`. What c8 has counted in this process is lost, so a test that counts has a
 * folder of its own, and with it a process (scripts/test.ts).
 */
export async function countWork(): Promise<WorkCounter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const take = async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    let steps = 0;
    for (const { url, functions } of result) {
      if (!url.includes('/src/')) continue;
      for (const { ranges } of functions) for (const { count } of ranges) steps += count;
    }
    return steps;
  };
  return {
    async stepsOf(run) {
      await take();
      await run();
      return take();
    },
    stop: () => session.disconnect(),
  };
}

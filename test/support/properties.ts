import fc from 'fast-check';
import type { Test } from 'tap';

/** Which share of the cases is tried: `npm test` and mutation testing are run so often that few must do. */
const SHARE = Number(process.env.FC_SHARE ?? 1);

/**
 * Asserts that a property holds. The seed is printed, so that a failure can be repeated with
 * `FC_SEED=<seed>`.
 */
export function assertProperty<T>(t: Test, property: fc.IProperty<T>, numRuns: number): void {
  const parameters = parametersOf(t, numRuns);
  const counterexample = fc.defaultReportMessage(fc.check(property, parameters));
  t.equal(counterexample, undefined, `holds for ${parameters.numRuns} runs`);
}

/** The same for a property that takes its time. */
export async function assertAsyncProperty<T>(
  t: Test,
  property: fc.IAsyncProperty<T>,
  numRuns: number,
): Promise<void> {
  const parameters = parametersOf(t, numRuns);
  const result = await fc.check(property, parameters);
  t.equal(
    await fc.asyncDefaultReportMessage(result),
    undefined,
    `holds for ${parameters.numRuns} runs`,
  );
}

function parametersOf(t: Test, numRuns: number) {
  const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`FC_SEED=${seed}`);
  return { seed, numRuns: Math.ceil(numRuns * SHARE) };
}

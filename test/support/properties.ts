import fc from 'fast-check';
import type { Test } from 'tap';

/**
 * Asserts that a property holds. The seed is printed, so that a failure can be repeated with
 * `FC_SEED=<seed>`.
 */
export function assertProperty<T>(t: Test, property: fc.IProperty<T>, numRuns: number): void {
  const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`FC_SEED=${seed}`);
  const counterexample = fc.defaultReportMessage(fc.check(property, { seed, numRuns }));
  t.equal(counterexample, undefined, `holds for ${numRuns} runs`);
}

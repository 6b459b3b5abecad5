/** One case of so many is tried: `npm test` is run so often that a part must do. */
const STEP = Number(process.env.SWEEP_STEP ?? 1);

/**
 * The cases of a sweep that are tried: with `step` n one of every n, in `npm test` one of every
 * 7 n. `npm run test:coverage` tries all of them.
 */
export function* tried<T>(cases: Iterable<T>, step = 1): Generator<T> {
  let index = 0;
  for (const one of cases) if (index++ % (step * STEP) === 0) yield one;
}

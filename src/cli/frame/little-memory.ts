import { setFlagsFromString } from 'node:v8';

/**
 * What costs memory and saves little time where most of it goes into calls of the API server: compilers
 * that optimize, which take some 15 MiB, and room for objects that do not live long. With separate phases
 * that room grows by tens of MiB while old objects are marked.
 */
const FLAGS = [
  '--no-opt',
  '--no-maglev',
  '--optimize-for-size',
  '--semi-space-growth-factor=1',
  '--no-separate-gc-phases',
] as const;

/**
 * Has V8 leave as little behind as it can, or not, with each collection of old objects from now on: for a server. It
 * forgets then how objects look that are gone for the moment, and optimized code that relies on it is
 * thrown away: a review takes a tenth more processor time. As an argument of Node.js the flag would
 * shrink the room for young objects as well, to 1 MiB, and a review would take half as much again.
 */
export function leaveLittleGarbage(isWanted = true): void {
  setFlagsFromString(isWanted ? '--optimize-for-size' : '--no-optimize-for-size');
}

/**
 * Has V8 save memory from now on: docs/performance.md says how much. Node.js wants flags to be set with
 * care while V8 runs: of these each is looked up when V8 is about to compile a function or to grow a space.
 */
export function useLittleMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

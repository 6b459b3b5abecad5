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
 * Has V8 save memory from now on in a server: each collection of old objects leaves as little behind as it can. As
 * an argument of Node.js the flag would shrink the room for young objects as well, to 1 MiB, and a review
 * would take half as much processor time again.
 */
export function leaveLittleGarbage(): void {
  setFlagsFromString('--optimize-for-size');
}

/**
 * Has V8 save memory from now on: docs/performance.md says how much. Node.js wants flags to be set with
 * care while V8 runs: of these each is looked up when V8 is about to compile a function or to grow a space.
 */
export function useLittleMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

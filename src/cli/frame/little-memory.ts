import { setFlagsFromString } from 'node:v8';

/**
 * What costs memory and saves little time where most of it goes into calls of the API server and
 * JSON.parse: compilers, which take some 15 MiB, and room for objects that do not live long.
 */
const FLAGS = [
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
  '--optimize-for-size',
  '--semi-space-growth-factor=1',
] as const;

/**
 * Has V8 save memory from now on: docs/performance.md says how much. Node.js wants flags to be set with
 * care while V8 runs: of these each is looked up when V8 is about to compile a function or to grow a space.
 */
export function useLittleMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

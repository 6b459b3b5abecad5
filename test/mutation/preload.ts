// Loaded before everything else of a worker: the engine comes from the folder MUTANTS, and what tests
// import as tap is our own.
import { registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).href;
const engine = `${root}src/engine/`;
const mutants = process.env.MUTANTS!;
const tap = new URL('../support/tap-stand-in.ts', import.meta.url).href;

/** Room for the counters of all mutants. */
(globalThis as { __reached__?: Float64Array }).__reached__ = new Float64Array(100_000);

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'tap' && context.parentURL?.startsWith(`${root}test/`)
      ? { url: tap, shortCircuit: true }
      : next(specifier, context),
  load(url, context, next) {
    if (!url.startsWith(engine)) return next(url, context);
    const source = readFileSync(join(mutants, url.slice(root.length)), 'utf8');
    return { format: 'module', source, shortCircuit: true };
  },
});

/**
 * Bundles the benchmarks as the product is bundled, and runs them: the loader that runs TypeScript
 * in place wraps every function, which would be measured too.
 */
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { BUNDLE } from '../scripts/bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}bench/.bundle.js`;

await build({ ...BUNDLE, absWorkingDir: root, entryPoints: ['bench/main.ts'], outfile });
process.exitCode =
  spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ??
  1;

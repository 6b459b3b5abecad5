/** Bundles the benchmarks and runs them. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { bundled } from './bundle.ts';

const program = await bundled('main.ts');
process.exitCode =
  spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' }).status ??
  1;

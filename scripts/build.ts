/** Bundles the program into dist/: it starts faster and needs less memory than its many modules. */
import { fileURLToPath } from 'node:url';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { BUNDLE } from './bundle.ts';
import './generate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  ...BUNDLE,
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  // What only some calls need (node-forge) stays in files of its own.
  splitting: true,
  sourcemap: true,
});

/** Bundles the program into dist/main.js: one file starts faster and needs less memory. */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import './generate.ts';

const root = new URL('..', import.meta.url).pathname;

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  minifySyntax: true,
  // jsonc-parser's main is a UMD wrapper that no bundler can follow; its module entry is plain.
  mainFields: ['module', 'main'],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

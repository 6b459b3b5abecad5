import type { BuildOptions } from 'esbuild';

/** How TypeScript becomes a bundle that Node runs, for the product and the benchmarks alike. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  // jsonc-parser's main is a UMD wrapper that no bundler can follow; its module entry is plain.
  mainFields: ['module', 'main'],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

import type { BuildOptions, Plugin } from 'esbuild';

/**
 * The Kubernetes client's generated models, megabytes of classes, hang on its index, which does not
 * declare that they may be left out. None of them does anything when it is loaded.
 */
const leaveModelsOut: Plugin = {
  name: 'leave-models-out',
  setup(build) {
    build.onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async (args) => {
      const isClient =
        args.path.startsWith('@') || args.importer.includes('/@kubernetes/client-node/');
      if (!isClient || args.pluginData === leaveModelsOut) return undefined;
      const { path, kind, importer, resolveDir } = args;
      const options = { kind, importer, resolveDir, pluginData: leaveModelsOut };
      return { ...(await build.resolve(path, options)), sideEffects: false };
    });
  },
};

/** How TypeScript becomes a bundle that Node runs, for the product and the benchmarks alike. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  // jsonc-parser's main is a UMD wrapper that no bundler can follow; its module entry is plain.
  mainFields: ['module', 'main'],
  plugins: [leaveModelsOut],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

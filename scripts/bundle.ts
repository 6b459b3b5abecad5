import type { BuildOptions, Plugin } from 'esbuild';

/**
 * Of the Kubernetes client only the reading of kubeconfigs is used: its generated models and its HTTP
 * client are left out. Why: docs/decisions/0005-bundle-and-kubernetes-client.md.
 */
const onlyKubeconfigs: Plugin = {
  name: 'only-kubeconfigs',
  setup(build) {
    build.onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async (args) => {
      const isClient =
        args.path.startsWith('@') || args.importer.includes('/@kubernetes/client-node/');
      if (!isClient || args.pluginData === onlyKubeconfigs) return undefined;
      const { path, kind, importer, resolveDir } = args;
      const options = { kind, importer, resolveDir, pluginData: onlyKubeconfigs };
      return { ...(await build.resolve(path, options)), sideEffects: false };
    });
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'absent' }));
    build.onLoad({ filter: /./, namespace: 'absent' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/**
 * An `import` of node:http makes Node.js load its undici at once, for the names that the module exports with
 * it: 13 MB and 30 ms of each start. `require` does not.
 */
const httpByRequire: Plugin = {
  name: 'http-by-require',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'required' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'required' }, () => ({
      contents: "module.exports = require('node:http')",
    }));
  },
};

/** How TypeScript becomes a bundle that Node runs, for the product and the benchmarks alike. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  // A process holds the text of each module that it loads: a third is white space and comments. With one
  // character that is not ASCII, as in the name of a comment's author, a text takes two bytes for each; esbuild
  // writes those of string literals as escapes. Licences are in THIRD-PARTY-NOTICES.txt.
  minifyWhitespace: true,
  legalComments: 'none',
  plugins: [onlyKubeconfigs, httpByRequire],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

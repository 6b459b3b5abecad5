import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import t from 'tap';
import { FOLDERS } from '../../scripts/architecture/folders.ts';
import { folderOf } from '../../scripts/architecture/imports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** eslint as the repository configures it, with the rules about folders alone. */
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => /^(architecture\/|no-restricted-)/.test(ruleId),
  // Without types a file need not exist, and nothing is compiled.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** What eslint says about a file of this text, were it there. */
async function complaintsAbout(filePath: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return result!.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const REFUSED: readonly (readonly [file: string, code: string, complaint: RegExp])[] = [
  // Each way to name a module, from the engine to the Kubernetes API.
  ['src/engine/core/a.ts', `await import('../../kube/api.ts');`, /must not import src\/kube/],
  ['src/engine/core/a.ts', `import { a } from '../../kube/api.ts';`, /must not import src\/kube/],
  ['src/engine/core/a.ts', `import type { A } from '../../kube/api.ts';`, /src\/kube/],
  ['src/engine/core/a.ts', `import '../../kube/api.ts';`, /src\/kube/],
  ['src/engine/core/a.ts', `export { a } from '../../kube/api.ts';`, /src\/kube/],
  ['src/engine/core/a.ts', `export * from '../../kube/api.ts';`, /src\/kube/],
  ['src/engine/core/a.ts', `type A = import('../../kube/api.ts').A;`, /src\/kube/],
  ['src/engine/core/a.ts', `await import('../../' + 'kube/api.ts');`, /takes a literal/],
  ['src/engine/core/a.ts', 'await import(`../../kube/api.ts`);', /takes a literal/],

  // Packages, and the modules of Node.js under either name.
  ['src/engine/core/a.ts', `await import('@kubernetes/client-node');`, /@kubernetes\/client-node/],
  ['src/engine/core/a.ts', `import { readFile } from 'node:fs/promises';`, /import node;/],
  ['src/engine/core/a.ts', `import { readFile } from 'fs';`, /import node;/],
  ['src/audit/a.ts', `import fastify from 'fastify';`, /import fastify;/],
  [
    'src/facts/a.ts',
    `import { KubeConfig } from '@kubernetes/client-node/dist/config.js';`,
    /node;/,
  ],

  // What Node.js adds to ECMAScript, and the ways around a list of names.
  ...[
    'Buffer.from("")',
    'process.env',
    'setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'setImmediate(() => {})',
    'fetch("")',
    'console.log()',
    'performance.now()',
    'new TextEncoder()',
    'globalThis.process',
    'global.process',
    'eval("process")',
    'new Function("return process")',
    'require("node:fs")',
    'Date.now()',
    'new Date()',
    'Math.random()',
  ].map((code) => ['src/engine/rules/a.ts', `${code};`, /is pure/] as const),

  // Data flows one way.
  ['src/engine/json/a.ts', `import { a } from '../core/a.ts';`, /import src\/engine\/core\/a.ts/],
  ['src/engine/core/a.ts', `await import('../rules/index.ts');`, /import src\/engine\/rules/],
  ['src/engine/core/deep/a.ts', `import '../../rules/index.ts';`, /import src\/engine\/rules/],
  ['src/engine/rules/a.ts', `import '../report/finding-text.ts';`, /import src\/engine\/report/],
  ['src/probe/a.ts', `import '../engine/core/facts.ts';`, /may import src\/engine\/text$/],
  ['src/kube/a.ts', `import type { A } from '../facts/store.ts';`, /import src\/facts/],
  ['src/admission/a.ts', `import '../audit/events.ts';`, /import src\/audit/],
  ['src/cli/a.ts', `import '../main.ts';`, /import src\/main.ts/],
  ['src/main.ts', `import './kube/api.ts';`, /import src\/kube/],

  // The product knows nothing of what stands around it, and suites nothing of each other.
  ['src/cli/a.ts', `import '../../test/support/wait.ts';`, /import test\/support/],
  ['src/config/a.ts', `import '../../scripts/bundle.ts';`, /import scripts\/bundle.ts/],
  ['scripts/a.ts', `import '../src/kube/api.ts';`, /import src\/kube/],
  ['scripts/docs/a.ts', `import '../../test/cluster/guard.ts';`, /import test\/cluster/],
  ['test/unit/a.test.ts', `import '../cluster/guard.ts';`, /import test\/cluster/],
  ['test/unit/kube/a.test.ts', `await import('../../plugins/guard.ts');`, /import test\/plugins/],
  ['test/support/a.ts', `import '../unit/facts/scripted-api.ts';`, /import test\/unit/],
  ['test/server/a.test.ts', `import '../../scripts/bundle.ts';`, /import scripts/],

  // A folder without a row may import nothing.
  ['src/new/a.ts', `import '../log.ts';`, /src\/new\/a.ts is in no folder/],
];

t.test('eslint refuses what the table of folders does not allow', async (t) => {
  for (const [file, code, complaint] of REFUSED) {
    const complaints = await complaintsAbout(file, code);
    t.match(complaints, [complaint], `${file}: ${code}`);
    t.equal(complaints.length, 1, 'and says so once');
  }
});

const ACCEPTED: readonly (readonly [file: string, code: string])[] = [
  ['src/engine/rules/a.ts', `import './b.ts'; import '../core/rule.ts'; import '../text/text.ts';`],
  [
    'src/engine/core/a.ts',
    `import { gte } from 'semver'; export const a = gte; export { a as b };`,
  ],
  ['src/engine/core/a.ts', 'new Map(); Math.max(1); JSON.stringify({}); new Date(0); Intl;'],
  ['src/engine/core/a.ts', 'const process = 1; export const copy = process;'],
  ['src/admission/a.ts', `import '../engine/core/review.ts'; new TextEncoder();`],
  [
    'src/kube/a.ts',
    `await import('@kubernetes/client-node'); process.env; setTimeout(() => {}, 1);`,
  ],
  ['src/cli/compose/a.ts', `import '../version.ts'; import '../../server/app.ts';`],
  ['src/cli/a.ts', `import '../../package.json' with { type: 'json' };`],
  ['bench/cluster.ts', `import '../test/cluster/guard.ts'; import './report.ts';`],
  ['test/unit/a.test.ts', `import 'tap'; import '../support/wait.ts'; import '../../src/log.ts';`],
];

t.test('and nothing else', async (t) => {
  for (const [file, code] of ACCEPTED) {
    t.strictSame(await complaintsAbout(file, code), [], `${file}: ${code}`);
  }
});

t.test('the table names folders and files that exist, and all of them', async (t) => {
  const sources = ['src', 'test', 'scripts', 'bench'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|js)$/.test(path))
      .map((path) => `${top}/${path}`),
  );
  t.strictSame(
    sources.filter((file) => !folderOf(file)),
    [],
    'every file has a row',
  );
  const paths = FOLDERS.map(({ path }) => path);
  t.strictSame(paths, [...new Set(paths)], 'none has two');
  for (const { path, imports } of FOLDERS) {
    for (const name of [path, ...imports]) t.ok(existsSync(join(root, name)), `${path}: ${name}`);
  }
});

/** A part of the repository, with what it may use. */
export interface Folder {
  /** From the repository's root; a file may have a row of its own. The longest path counts. */
  readonly path: string;
  /** What is there, in one sentence. */
  readonly holds: string;
  /** What it may import besides itself; a folder stands for those below it, too. */
  readonly imports: readonly string[];
  /** npm packages that it may import, and `node` for the modules of Node.js; absent: all. */
  readonly packages?: readonly string[];
  /** Globals that it may use of those that Node.js adds to ECMAScript; absent: all. */
  readonly globals?: readonly string[];
}

/** Packages that only calculate: no input, no output, no clock. */
export const PURE_PACKAGES = ['fastest-levenshtein', 'semver', 'yaml'];

/** Each may import those above it; the renderers stand beside the rules. */
const ENGINE: readonly Folder[] = [
  {
    path: 'src/engine/text',
    holds: 'Words and characters: what is safe to print, how long a text is.',
    imports: [],
  },
  {
    path: 'src/engine/json',
    holds: 'JSON with positions, read as Go reads it, and edits that keep bytes.',
    imports: ['src/engine/text'],
  },
  {
    path: 'src/engine/core',
    holds: 'The domain: eni-config, facts, versions, findings, policy, and what a review is.',
    imports: ['src/engine/text', 'src/engine/json'],
  },
  {
    path: 'src/engine/catalogue',
    holds: 'Data: plugins with their fields and releases, ConfigMap keys.',
    imports: ['src/engine/text', 'src/engine/json', 'src/engine/core'],
  },
  {
    path: 'src/engine/reading',
    holds: 'A chain decoded as its programs decode it; datapath, installed versions.',
    imports: ['src/engine/text', 'src/engine/json', 'src/engine/core', 'src/engine/catalogue'],
  },
  {
    path: 'src/engine/rendering',
    holds: 'The file that a node gets of eni-config, and what a change makes of it.',
    imports: [
      'src/engine/text',
      'src/engine/json',
      'src/engine/core',
      'src/engine/catalogue',
      'src/engine/reading',
    ],
  },
  {
    path: 'src/engine/rules',
    holds: 'The rules, one family a file.',
    imports: [
      'src/engine/text',
      'src/engine/json',
      'src/engine/core',
      'src/engine/catalogue',
      'src/engine/reading',
    ],
  },
  {
    path: 'src/engine/defaults',
    holds: 'What may be added to a chain, and when.',
    imports: [
      'src/engine/text',
      'src/engine/json',
      'src/engine/core',
      'src/engine/catalogue',
      'src/engine/reading',
      'src/engine/rules',
    ],
  },
  {
    path: 'src/engine/report',
    holds: 'Renderers: findings, facts and status as text and as fields.',
    imports: [
      'src/engine/text',
      'src/engine/json',
      'src/engine/core',
      'src/engine/catalogue',
      'src/engine/reading',
      'src/engine/rendering',
    ],
  },
].map((folder) => ({ ...folder, packages: PURE_PACKAGES, globals: [] }));

const AROUND_THE_ENGINE: readonly Folder[] = [
  {
    path: 'src/generated',
    holds: 'Validators, and pages as a program needs them; `npm run generate` writes them.',
    imports: [],
    packages: [],
  },
  {
    path: 'src/log.ts',
    holds: 'The logger of the process.',
    imports: [],
    packages: ['node', 'pino-pretty'],
  },
  {
    path: 'src/kube',
    holds: 'The Kubernetes API: calls, watches, pages, retries, and the objects that are read.',
    imports: ['src/engine', 'src/log.ts'],
    packages: ['node', '@kubernetes/client-node'],
  },
  {
    path: 'src/probe',
    holds: 'What runs on a node and asks its CNI plugins for their versions.',
    imports: ['src/engine/text'],
    packages: ['node'],
  },
  {
    path: 'src/facts',
    holds: 'What is learnt of the cluster.',
    imports: ['src/engine', 'src/log.ts', 'src/kube', 'src/probe'],
    packages: ['yaml'],
  },
  {
    path: 'src/rollout',
    holds: 'What nodes run, how a chain gets there, and the history of what was accepted.',
    imports: ['src/engine', 'src/log.ts', 'src/kube', 'src/facts'],
    packages: ['node'],
  },
  {
    path: 'src/certificates',
    holds: 'CA, serving certificate, and the caBundle of the webhook configurations.',
    imports: ['src/engine', 'src/log.ts', 'src/kube'],
    packages: ['node', 'node-forge'],
  },
  {
    path: 'src/admission',
    holds: 'AdmissionReview in, AdmissionReview out.',
    imports: ['src/engine'],
    packages: PURE_PACKAGES,
    globals: ['TextEncoder', 'btoa'],
  },
  {
    path: 'src/audit',
    holds: 'What is recorded: log lines, Events, metrics; the background check.',
    imports: ['src/engine', 'src/log.ts', 'src/kube', 'src/admission'],
    packages: ['node', 'prom-client'],
  },
  {
    path: 'src/replay',
    holds: 'Past writes, found in an audit log and judged anew.',
    imports: ['src/engine', 'src/admission'],
    packages: ['node'],
  },
  {
    path: 'src/doctor',
    holds: 'What sentences of other programs mean, and checks of the way to the guard.',
    imports: ['src/engine', 'src/kube', 'src/certificates'],
    packages: ['node'],
  },
  {
    path: 'src/config',
    holds: 'The configuration file.',
    imports: ['src/engine', 'src/generated'],
    packages: ['node', 'yaml'],
  },
  {
    path: 'src/manifests',
    holds: 'eni-config in files: YAML, JSON and kustomize, with the place of every character.',
    imports: ['src/engine'],
    packages: PURE_PACKAGES,
    globals: [],
  },
  {
    path: 'src/server',
    holds: 'HTTPS for the API server, HTTP for metrics, and their limits.',
    imports: [
      'src/engine',
      'src/log.ts',
      'src/kube',
      'src/certificates',
      'src/admission',
      'src/audit',
    ],
    packages: ['node', 'fastify'],
  },
  {
    path: 'src/cli',
    holds:
      'One file a command, the list in commands.ts; `frame/` reads arguments and prints help, ' +
      '`compose/` puts the parts together.',
    imports: [
      'src/engine',
      'src/log.ts',
      'src/kube',
      'src/probe',
      'src/facts',
      'src/rollout',
      'src/certificates',
      'src/admission',
      'src/audit',
      'src/replay',
      'src/doctor',
      'src/generated',
      'src/config',
      'src/manifests',
      'src/server',
      'package.json',
    ],
    packages: ['node', 'fastify'],
  },
  {
    path: 'src/main.ts',
    holds: 'The command line becomes a call of one command.',
    imports: ['src/cli'],
    packages: ['node'],
  },
];

/** What is no part of the product may import every package. */
const AROUND_THE_PRODUCT: readonly Folder[] = [
  {
    path: 'scripts',
    holds: 'Build, generated code, generated pages.',
    imports: ['scripts/architecture', 'src/engine', 'src/audit', 'src/config', 'package.json'],
  },
  {
    path: 'scripts/architecture',
    holds: 'The table of these folders, and what eslint makes of it.',
    imports: [],
  },
  {
    path: 'scripts/release',
    holds: 'What a release is checked and filled with.',
    imports: ['test/cluster', 'test/support'],
  },
  {
    path: 'scripts/playground.ts',
    holds: 'A guarded API server to play with.',
    imports: ['scripts', 'test/cluster', 'test/support'],
  },
  { path: 'bench', holds: 'Benchmarks.', imports: ['src', 'scripts', 'test/support'] },
  {
    path: 'bench/peers',
    holds: 'Other webhooks with a small check, and the guard measured beside them.',
    imports: ['src', 'bench', 'test/cluster', 'test/support'],
  },
  {
    path: 'bench/soak.ts',
    holds: 'A million reviews, and what becomes of memory and cost.',
    imports: ['src', 'bench', 'test/support'],
  },
  {
    path: 'bench/cluster.ts',
    holds: 'Benchmarks on a real API server.',
    imports: ['src', 'bench', 'test/cluster', 'test/support'],
  },
  {
    path: 'bench/nodes.ts',
    holds: 'Benchmark of `nodes` on a real API server.',
    imports: ['src', 'bench', 'test/cluster', 'test/support'],
  },
  {
    path: 'bench/filled-cluster.ts',
    holds: 'A cluster as large as they come, in a real API server.',
    imports: ['src', 'test/cluster', 'test/support'],
  },
  { path: 'test/support', holds: 'What suites of tests share.', imports: ['src'] },
  {
    path: 'test/unit',
    holds: 'Tests of modules, generated pages and the chart.',
    imports: ['src', 'scripts', 'test/support'],
  },
  {
    path: 'test/server',
    holds: 'Tests of the HTTPS server, and of the built program in short.',
    imports: ['src', 'test/support'],
  },
  {
    path: 'test/program',
    holds: 'Tests of the built program: its commands as processes, floods, what it writes.',
    imports: ['src', 'test/support'],
  },
  {
    path: 'test/cluster',
    holds: 'Tests on a real control plane.',
    imports: ['src', 'test/support'],
  },
  {
    path: 'test/plugins',
    holds: 'Tests with released CNI plugins.',
    imports: ['src', 'test/support'],
  },
  {
    path: 'test/mutation',
    holds: 'Mutation testing of the engine, in samples.',
    imports: ['test/support'],
  },
  {
    path: 'test/image',
    holds: 'Tests of the container image.',
    imports: ['src', 'test/support'],
  },
  {
    path: 'test/integrations',
    holds: 'Tests of what other programs make of the commands: shells, kubectl, hooks.',
    imports: ['src', 'test/cluster', 'test/support', 'package.json'],
  },
  {
    path: 'test/alerts',
    holds: "Tests of alerts and dashboard with Prometheus' own tool.",
    imports: ['test/support'],
  },
  {
    path: 'eslint.config.js',
    holds: 'The configuration of eslint.',
    imports: ['scripts/architecture'],
  },
];

/**
 * The one table of allowed imports. eslint refuses every other one (lint.ts), and the picture in
 * docs/architecture.md is drawn from it.
 */
export const FOLDERS: readonly Folder[] = [...ENGINE, ...AROUND_THE_ENGINE, ...AROUND_THE_PRODUCT];

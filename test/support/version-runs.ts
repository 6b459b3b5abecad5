import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { DEFAULT_KUBERNETES_VERSION } from './versions.ts';

/** What the cluster tests are run on. */
export interface Combination {
  /** Release of the control plane and of kubectl. */
  readonly kubernetes: string;
  readonly helmMajor: 3 | 4;
}

/** The oldest supported Kubernetes, one between and the newest; Helm 3 and 4. */
export const COMBINATIONS: readonly Combination[] = [
  { kubernetes: '1.30.14', helmMajor: 3 },
  { kubernetes: '1.34.4', helmMajor: 4 },
  { kubernetes: DEFAULT_KUBERNETES_VERSION, helmMajor: 3 },
  { kubernetes: DEFAULT_KUBERNETES_VERSION, helmMajor: 4 },
];

/** What came of the tests on one combination. */
export interface Run extends Combination {
  /** Day of the run. */
  readonly date: string;
  /** How many test files were run, and how many there were. */
  readonly files: number;
  readonly ofFiles: number;
  /** Assertions. */
  readonly passed: number;
  readonly failed: number;
  /** Writes while one of two guards was dead and its endpoint not withdrawn, and how many of them failed. */
  readonly outage?: { readonly writes: number; readonly failed: number };
}

const FILE = fileURLToPath(new URL('version-runs.json', import.meta.url));

/** What the last run on each combination has come to, in the order of the table. */
export const readRuns = (): readonly Run[] => JSON.parse(readFileSync(FILE, 'utf8')) as Run[];

/** Puts a run in the place of the former one on the same combination. */
export function keepRun(run: Run): void {
  const others = readRuns().filter((other) => !isOf(other)(run));
  const all = [...others, run];
  const kept = COMBINATIONS.flatMap((combination) => all.filter(isOf(combination)));
  writeFileSync(FILE, `${JSON.stringify(kept, null, 2)}\n`);
}

const isOf =
  ({ kubernetes, helmMajor }: Combination) =>
  (other: Combination): boolean =>
    other.kubernetes === kubernetes && other.helmMajor === helmMajor;

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

/** What came of one test file. */
export interface FileRun {
  /** Day of the run. */
  readonly day: string;
  /** Assertions. */
  readonly passed: number;
  readonly failed: number;
  /** Writes while one of two guards was dead and its endpoint not withdrawn, and how many of them failed. */
  readonly outage?: { readonly writes: number; readonly failed: number };
}

/** What came of the tests on one combination. */
export interface Run extends Combination {
  /** How many test files there were when one of them was run last. */
  readonly ofFiles: number;
  /** The last run of each by its path. */
  readonly files: Readonly<Record<string, FileRun>>;
}

const RUNS = fileURLToPath(new URL('version-runs.json', import.meta.url));

/** What the last runs on each combination have come to, in the order of the table. */
export const readRuns = (): readonly Run[] => JSON.parse(readFileSync(RUNS, 'utf8')) as Run[];

/**
 * Puts the run of a test file in the place of the former one on the same combination. Files that are
 * not among `all` any more are forgotten.
 */
export function keepFileRun(
  combination: Combination,
  all: readonly string[],
  file: string,
  fileRun: FileRun,
): void {
  const runs = readRuns();
  const former = runs.find(isOf(combination))?.files ?? {};
  const files = Object.entries({ ...former, [file]: fileRun })
    .filter(([path]) => all.includes(path))
    .sort(([one], [other]) => all.indexOf(one) - all.indexOf(other));
  const run = { ...combination, ofFiles: all.length, files: Object.fromEntries(files) };
  const others = runs.filter((other) => !isOf(combination)(other));
  const kept = COMBINATIONS.flatMap((each) => [...others, run].filter(isOf(each)));
  writeFileSync(RUNS, `${JSON.stringify(kept, null, 2)}\n`);
}

const isOf =
  ({ kubernetes, helmMajor }: Combination) =>
  (other: Combination): boolean =>
    other.kubernetes === kubernetes && other.helmMajor === helmMajor;

import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

import type { ControlPlane } from './controlplane/control-plane.ts';
import type { Output } from '../support/output.ts';

/** The chart as it stands in the repository, and what the real helm makes of it. */

export const CHART = fileURLToPath(new URL('../../charts/eni-config-guard', import.meta.url));

/** The one value that has to be set. */
export const IMAGE = { repository: 'registry.example.com/eni-config-guard' };

export type Values = Readonly<Record<string, unknown>>;

/** An object of the chart, as far as tests look at every kind. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [part: string]: unknown;
}

/** What `helm template` is told besides the values. */
export interface RenderOptions {
  readonly namespace?: string;
  readonly flags?: readonly string[];
  /** Folder of another chart than the repository's. */
  readonly chart?: string;
}

/** Runs `helm template`, without a cluster, as GitOps tools do. */
export async function helmTemplate(
  plane: ControlPlane,
  values: Values = {},
  { namespace = 'kube-system', flags = [], chart = CHART }: RenderOptions = {},
): Promise<Output> {
  const args = ['template', 'guard', chart, '-n', namespace, '--values=-', ...flags];
  return plane.helm(args, { stdin: JSON.stringify({ image: IMAGE, ...values }) });
}

/** The objects of the chart with these values, hooks too; rejects when helm refuses. */
export async function render(
  plane: ControlPlane,
  values: Values = {},
  options?: RenderOptions,
): Promise<Manifest[]> {
  const { code, stdout, stderr } = await helmTemplate(plane, values, options);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
}

/** Applies objects with their every field known and of the right type; rejects otherwise. */
export async function apply(
  plane: ControlPlane,
  objects: readonly unknown[],
  flags: readonly string[] = [],
) {
  const stdin = objects.map((object) => JSON.stringify(object)).join('\n');
  const args = ['apply', '--validate=strict', '-f', '-', ...flags];
  const output = await plane.kubectl(args, { stdin });
  if (output.code !== 0) throw new Error(output.stderr);
  return output;
}

/** The one object of this kind that is called as the guard is; throws when there is none. */
export function find(objects: readonly Manifest[], kind: string): Manifest {
  const found = objects.find(
    (object) => object.kind === kind && object.metadata.name === 'eni-config-guard',
  );
  if (found === undefined) throw new Error(`no ${kind} among ${objects.map((o) => o.kind).join()}`);
  return found;
}

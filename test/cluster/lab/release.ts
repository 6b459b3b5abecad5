import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { BASE_VETH } from '../../support/config-maps.ts';
import type { Data } from '../../support/config-maps.ts';
import { GUARD_IMAGE } from '../../support/image/archive.ts';
import { waitFor } from '../../support/wait.ts';
import { ask } from './api.ts';
import type { Lab } from './lab.ts';
import type { ConfigMap } from './objects.ts';

/** The chart of this repository. */
export const CHART = fileURLToPath(new URL('../../../charts/eni-config-guard', import.meta.url));

/** The guard's image is on the nodes by this name. */
const IMAGE_NAME = GUARD_IMAGE.split(':')[0];

const WAITING = ['--wait', '--timeout', '90s'];
/** Path of the object that is guarded. */
export const ENI_CONFIG = '/api/v1/namespaces/kube-system/configmaps/eni-config';
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';
const NAMESPACE = ['--namespace', 'kube-system'];

/** Values of the chart that a test wants different. */
export type Values = Readonly<Record<string, unknown>>;

/** Installs the chart as a person does, and resolves when Helm says that everything is ready. */
export async function install(lab: Lab, values: Values = {}, chart = CHART): Promise<void> {
  await helm(lab, [
    'install',
    'eni-config-guard',
    chart,
    ...(await filed(lab, values)),
    ...WAITING,
  ]);
}

/**
 * Upgrades the release; the values given replace all of those before. Resolves when Helm says that
 * everything is ready, unless it is not to wait for that.
 */
export async function upgrade(
  lab: Lab,
  values: Values = {},
  chart = CHART,
  waiting: readonly string[] = WAITING,
): Promise<void> {
  await helm(lab, [
    'upgrade',
    // Without it Helm takes no values for the former ones.
    '--reset-values',
    'eni-config-guard',
    chart,
    ...(await filed(lab, values)),
    ...waiting,
  ]);
}

/** Runs helm in the release's namespace; rejects with what all parts have to say when it fails. */
export async function helm(lab: Lab, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.plane.helm([...args, ...NAMESPACE]);
  if (code === 0) return stdout;
  throw new Error(`helm ${args[0] ?? ''} failed: ${stderr}\n${await lab.story()}`);
}

async function filed(lab: Lab, values: Values): Promise<string[]> {
  const file = join(lab.plane.dir, 'values.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ image: { repository: IMAGE_NAME }, ...values }));
  return ['--values', file];
}

/** Replaces eni-config where no guard is asked: before the installation or after its end. */
export async function storeUnguarded(lab: Lab, data: Data = BASE_VETH): Promise<void> {
  const metadata = { name: 'eni-config', namespace: 'kube-system' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  const { status } = await lab.plane.raw('GET', ENI_CONFIG);
  if (status === 404) await ask(lab.plane, 'POST', CONFIG_MAPS, object);
  else await ask(lab.plane, 'PUT', ENI_CONFIG, object);
}

/** Resolves when the API server asks the guard and takes its answer. */
export async function untilArmed({ plane }: Pick<Lab, 'plane'>): Promise<void> {
  const path = `${ENI_CONFIG}?dryRun=All`;
  const empty = { data: { '10-terway.conflist': '' } };
  await waitFor('the guard to be asked', 30_000, async () => {
    const { status } = await plane.raw('PATCH', path, empty, 'application/merge-patch+json');
    return status === 422 ? true : undefined;
  });
}

/** Resolves when no pod of the release is left, nor what belongs to it. */
export async function untilPodsAreGone(lab: Lab): Promise<void> {
  const own = ['-A', '-oname', '-lapp.kubernetes.io/name=eni-config-guard'];
  await waitFor('the pods to be gone', 60_000, async () => {
    const kinds = 'pods,replicasets,endpointslices,controllerrevisions';
    const { stdout } = await lab.plane.kubectl(['get', kinds, ...own]);
    return stdout === '' ? true : undefined;
  });
}

/**
 * Brings the cluster back to where it was when the lab was started: no release, eni-config and the nodes'
 * chains as they were.
 */
export async function clear(lab: Lab): Promise<void> {
  await lab.plane.helm(['uninstall', 'eni-config-guard', '--wait', ...NAMESPACE]);
  await untilPodsAreGone(lab);
  const { body } = await lab.plane.raw('GET', ENI_CONFIG);
  if (isDeepStrictEqual((JSON.parse(body) as ConfigMap).data, BASE_VETH)) return;
  await storeUnguarded(lab);
  const terway = ['-n', 'kube-system', 'daemonset/terway-eniip'];
  await lab.plane.kubectl(['rollout', 'restart', ...terway]);
  await lab.plane.kubectl(['rollout', 'status', ...terway, '--timeout=90s']);
}

/** Resolves when the Deployment is as it should be, and no pod is on its way out. */
export async function untilSettled(lab: Lab): Promise<void> {
  const status = ['rollout', 'status', 'deployment/eni-config-guard', '-nkube-system'];
  await waitFor('the Deployment to settle', 60_000, async () => {
    const { code } = await lab.plane.kubectl([...status, '--timeout=1s']);
    const label = '-lapp.kubernetes.io/component=webhook';
    const { stdout } = await lab.plane.kubectl(['get', 'pods', '-nkube-system', label]);
    return code === 0 && !stdout.includes('Terminating') ? true : undefined;
  });
}

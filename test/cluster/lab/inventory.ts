import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask, list } from './api.ts';
import type { Stored } from './api.ts';

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly verbs: readonly string[];
  }[];
}

/** Events tell of what was; they expire by themselves after an hour. */
const PASSING = ['events'];
/** The kubelets' own signs of life come when they come. */
const OF_KUBELETS = 'kube-node-lease';

/** Every object of every kind that the API server can list, as `resource namespace/name`, sorted. */
export async function inventory(plane: ControlPlane): Promise<string[]> {
  const { groups } = await ask<{
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  }>(plane, 'GET', '/apis');
  const versions = groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`);
  const found: string[] = [];
  for (const version of ['/api/v1', ...versions]) {
    const { resources } = await ask<ResourceList>(plane, 'GET', version);
    for (const { name, verbs } of resources) {
      if (!verbs.includes('list') || PASSING.includes(name)) continue;
      for (const { metadata } of await list<Stored>(plane, `${version}/${name}`)) {
        if (metadata.namespace === OF_KUBELETS) continue;
        found.push(`${version} ${name} ${metadata.namespace ?? ''}/${metadata.name}`);
      }
    }
  }
  return found.sort();
}

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask } from './api.ts';
import type { Pod, ServiceAccount } from './objects.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME = 'kube-api-access';

/**
 * The pod with the volume of its service account's token, unless the pod or the account declines it.
 * The API server's ServiceAccount plugin does that; the harness has it switched off.
 */
export async function withAccount(plane: ControlPlane, pod: Pod): Promise<Pod> {
  const { spec, metadata } = pod;
  if (spec === undefined) return pod;
  const path = `/api/v1/namespaces/${metadata?.namespace ?? ''}/serviceaccounts/`;
  const wanted =
    spec.automountServiceAccountToken ??
    (await ask<ServiceAccount>(plane, 'GET', path + (spec.serviceAccountName ?? 'default')))
      .automountServiceAccountToken ??
    true;
  if (!wanted) return pod;
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { configMap: { name: 'kube-root-ca.crt' } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  const mount = { name: VOLUME, mountPath: FOLDER, readOnly: true };
  const volumes = [...(spec.volumes ?? []), { name: VOLUME, projected: { sources } }];
  const containers = spec.containers.map((container) => {
    const mounts = container.volumeMounts ?? [];
    const hasOne = mounts.some(({ mountPath }) => mountPath === FOLDER);
    return hasOne ? container : { ...container, volumeMounts: [...mounts, mount] };
  });
  return { ...pod, spec: { ...spec, volumes, containers } };
}

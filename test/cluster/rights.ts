import type { ControlPlane } from './controlplane/control-plane.ts';

/** A right of the guard, as RBAC writes it; without a namespace it is one in all of them. */
export interface Right {
  readonly namespace?: 'kube-system';
  readonly apiGroup: string;
  readonly resource: string;
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

const verbs = ['list', 'watch'];

/** All that learning facts takes. */
export const FACTS_RIGHTS: readonly Right[] = [
  {
    namespace: 'kube-system',
    apiGroup: 'apps',
    resource: 'daemonsets',
    names: ['terway-eniip', 'terway-eni', 'terway'],
    verbs,
  },
  {
    namespace: 'kube-system',
    apiGroup: '',
    resource: 'configmaps',
    names: ['kube-proxy', 'kube-proxy-worker'],
    verbs,
  },
  { namespace: 'kube-system', apiGroup: '', resource: 'pods', verbs: ['list'] },
  {
    namespace: 'kube-system',
    apiGroup: 'apps',
    resource: 'daemonsets',
    names: ['eni-config-guard-node-probe'],
    verbs: ['list'],
  },
  { namespace: 'kube-system', apiGroup: 'apps', resource: 'controllerrevisions', verbs: ['list'] },
  { apiGroup: '', resource: 'nodes', verbs: ['list'] },
];

/** The same, and what it takes to look at the stored eni-config. */
export const LEAST_RIGHTS: readonly Right[] = [
  ...FACTS_RIGHTS,
  {
    namespace: 'kube-system',
    apiGroup: '',
    resource: 'configmaps',
    names: ['eni-config'],
    verbs: ['get', ...verbs],
  },
];

/** {@link FACTS_RIGHTS} but for one verb on one resource. */
export function rightsWithout(resource: string, verb: string): readonly Right[] {
  return FACTS_RIGHTS.map((right) =>
    right.resource === resource
      ? { ...right, verbs: right.verbs.filter((other) => other !== verb) }
      : right,
  );
}

/** Makes a user with these rights and no others; the path of its kubeconfig. */
export async function userWith(
  plane: ControlPlane,
  user: string,
  rights: readonly Right[],
): Promise<string> {
  for (const [index, { namespace, apiGroup, resource, names, verbs }] of rights.entries()) {
    if (verbs.length === 0) continue;
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const name = `${user}-${index}`;
    const rbac = 'rbac.authorization.k8s.io';
    const folder = `/apis/${rbac}/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}`;
    const metadata = { name };
    const apiVersion = `${rbac}/v1`;
    await create(plane, `${folder}/${kind.toLowerCase()}s`, {
      apiVersion,
      kind,
      metadata,
      rules: [
        {
          apiGroups: [apiGroup],
          resources: [resource],
          verbs,
          ...(names && { resourceNames: names }),
        },
      ],
    });
    await create(plane, `${folder}/${kind.toLowerCase()}bindings`, {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: rbac, kind, name },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    });
  }
  return plane.kubeconfigFor(user, []);
}

async function create(plane: ControlPlane, path: string, body: object): Promise<void> {
  const response = await plane.raw('POST', path, body);
  if (response.status !== 201) throw new Error(`the API server answered ${response.body}`);
}

import { stringify } from 'yaml';

import type { ControlPlane } from './controlplane/control-plane.ts';
import type { GuardOptions } from './guard.ts';

const USER = 'system:serviceaccount:kube-system:eni-config-guard';

/** All that Events and the check of the stored object need, and no more. */
const RULES = [
  {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['eni-config'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Gives the guard an identity with these rights; what it needs to use it. */
export async function prepareAuditor(plane: ControlPlane): Promise<GuardOptions> {
  const metadata = { name: 'eni-config-guard', namespace: 'kube-system' };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const group = 'rbac.authorization.k8s.io';
  const objects = [
    { apiVersion, kind: 'Role', metadata, rules: RULES },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: group, kind: 'User', name: USER }],
    },
  ];
  const stdin = objects.map((object) => stringify(object)).join('---\n');
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { stdin });
  if (code !== 0) throw new Error(stderr);
  return { env: { KUBECONFIG: await plane.kubeconfigFor(USER, []), POD_NAME: 'guard-a' } };
}

import { daemonSet } from '../../cluster-contents.ts';
import { TERWAY_IMAGE } from './image.ts';

/** The DaemonSet whose restart makes a chain effective, as all texts name it. */
export const TERWAY = 'terway-eniip';

/** A folder of the node in which `chroot /host` finds what Terway's init script calls there. */
export const HOST_ROOT = '/var/lib/terway-host';

const hostPath = (path: string) => ({ hostPath: { path } });

const VOLUMES = {
  'eni-config': { configMap: { name: 'eni-config' } },
  cni: { emptyDir: {} },
  'var-run-eni': { emptyDir: {} },
  'cni-bin': hostPath('/opt/cni/bin'),
  'host-cni': hostPath('/etc/cni/net.d'),
  'eni-run': hostPath('/var/run'),
  'host-root': hostPath(HOST_ROOT),
};

const mounts = (paths: Readonly<Partial<Record<keyof typeof VOLUMES, string>>>) =>
  Object.entries(paths).map(([name, mountPath]) => ({ name, mountPath }));

/**
 * Terway's DaemonSet, as far as its init container and its daemon go; the network policy has a
 * container of its own, which needs what is nowhere but in Terway's image. Names, order and mounts are
 * those of Terway 1.17.5. Source: charts/terway/templates/terwayd/daemonset.yaml.
 */
export function terwayDaemonSet() {
  const set = daemonSet(TERWAY, {
    priorityClassName: 'system-node-critical',
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 0,
    serviceAccountName: 'terway',
    hostNetwork: true,
    initContainers: [
      {
        name: 'terway-init',
        image: TERWAY_IMAGE,
        securityContext: { privileged: true },
        command: ['/usr/bin/init.sh'],
        env: [{ name: 'K8S_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        volumeMounts: mounts({
          'eni-config': '/etc/eni',
          'var-run-eni': '/var-run-eni',
          'cni-bin': '/opt/cni/bin/',
          cni: '/etc/cni/net.d/',
          'host-root': '/host',
          'eni-run': '/var/run/',
        }),
      },
    ],
    containers: [
      {
        name: 'terway',
        image: TERWAY_IMAGE,
        command: ['/usr/bin/terwayd-stand-in'],
        volumeMounts: mounts({
          'eni-config': '/etc/eni',
          cni: '/etc/cni/net.d',
          'host-cni': '/host-etc-net.d',
        }),
      },
    ],
    volumes: Object.entries(VOLUMES).map(([name, volume]) => ({ name, ...volume })),
  });
  const rollingUpdate = { maxUnavailable: '10%' };
  return {
    ...set,
    spec: { ...set.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  };
}

const NAMED = { name: 'terway', namespace: 'kube-system' };
const RBAC = 'rbac.authorization.k8s.io';

/** What Terway may do, as far as its init container needs it: it reads its node. */
export const TERWAY_RIGHTS = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: NAMED },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'terway' },
    rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'terway' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'terway' },
    subjects: [{ kind: 'ServiceAccount', ...NAMED }],
  },
];

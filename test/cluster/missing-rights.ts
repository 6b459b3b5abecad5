/** What a source says when its user lacks one verb on one resource, as the API server puts it. */
export const MISSING: readonly [resource: string, verb: string, Record<string, string>][] = [
  [
    'daemonsets',
    'list',
    {
      terway:
        'GET /apis/apps/v1/namespaces/kube-system/daemonsets: daemonsets.apps "terway-eniip" is ' +
        'forbidden: User "without-list-daemonsets" cannot list resource "daemonsets" in API ' +
        'group "apps" in the namespace "kube-system"',
      'node-probe':
        'GET /apis/apps/v1/namespaces/kube-system/daemonsets: daemonsets.apps ' +
        '"eni-config-guard-node-probe" is forbidden: User "without-list-daemonsets" cannot list ' +
        'resource "daemonsets" in API group "apps" in the namespace "kube-system"',
    },
  ],
  [
    'daemonsets',
    'watch',
    {
      terway:
        'GET /apis/apps/v1/namespaces/kube-system/daemonsets: daemonsets.apps "terway-eniip" is ' +
        'forbidden: User "without-watch-daemonsets" cannot watch resource "daemonsets" in API ' +
        'group "apps" in the namespace "kube-system"',
    },
  ],
  [
    'controllerrevisions',
    'list',
    {
      'node-probe':
        'GET /apis/apps/v1/namespaces/kube-system/controllerrevisions: controllerrevisions.apps is ' +
        'forbidden: User "without-list-controllerrevisions" cannot list resource ' +
        '"controllerrevisions" in API group "apps" in the namespace "kube-system"',
    },
  ],
  [
    'configmaps',
    'list',
    {
      'kube-proxy':
        'GET /api/v1/namespaces/kube-system/configmaps: configmaps "kube-proxy-worker" is ' +
        'forbidden: User "without-list-configmaps" cannot list resource "configmaps" in API ' +
        'group "" in the namespace "kube-system"',
    },
  ],
  [
    'configmaps',
    'watch',
    {
      'kube-proxy':
        'GET /api/v1/namespaces/kube-system/configmaps: configmaps "kube-proxy-worker" is ' +
        'forbidden: User "without-watch-configmaps" cannot watch resource "configmaps" in API ' +
        'group "" in the namespace "kube-system"',
    },
  ],
  [
    'pods',
    'list',
    {
      terway:
        'GET /api/v1/namespaces/kube-system/pods: pods is forbidden: User "without-list-pods" ' +
        'cannot list resource "pods" in API group "" in the namespace "kube-system"',
      'node-probe':
        'GET /api/v1/namespaces/kube-system/pods: pods is forbidden: User "without-list-pods" ' +
        'cannot list resource "pods" in API group "" in the namespace "kube-system"',
    },
  ],
  [
    'nodes',
    'list',
    {
      nodes:
        'GET /api/v1/nodes: nodes is forbidden: User "without-list-nodes" cannot list resource ' +
        '"nodes" in API group "" at the cluster scope',
    },
  ],
];

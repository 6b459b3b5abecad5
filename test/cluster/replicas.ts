import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';

import { BASE_VETH } from '../support/config-maps.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from '../support/wait.ts';
import { type Guard, startGuard } from './guard.ts';
import { type Trust, startTrust } from './trust.ts';
import { CONFIGURATION_NAME, configurationPath, webhookConfigurations } from './webhooks.ts';

const PATIENCE_MS = 60_000;

export const KINDS = ['mutating', 'validating'] as const;
export type Kind = (typeof KINDS)[number];
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
export const SECRET = `${SECRETS}/eni-config-guard-ca`;
export const SERVING_SECRET = `${SECRETS}/eni-config-guard-tls`;
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** What guards and the keeper of their trust must be allowed, and nothing more. */
const RIGHTS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: guards, namespace: kube-system}
rules:
- {apiGroups: [""], resources: [secrets], resourceNames: [eni-config-guard-tls], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: trust, namespace: kube-system}
rules:
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [eni-config-guard-ca, eni-config-guard-tls]
  verbs: [get, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: guards}
rules:
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
  resourceNames: [eni-config-guard]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: trust}
rules:
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
  resourceNames: [eni-config-guard]
  verbs: [get, patch]
${['guards', 'trust']
  .flatMap((name) => [binding('Role', name), binding('ClusterRole', name)])
  .join('')}`;

function binding(kind: 'Role' | 'ClusterRole', name: string): string {
  const namespace = kind === 'Role' ? ', namespace: kube-system' : '';
  return `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata: {name: ${name}${namespace}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name}}
subjects: [{kind: Group, name: ${name}, apiGroup: rbac.authorization.k8s.io}]
`;
}

interface LiveConfiguration {
  readonly metadata: {
    readonly managedFields: readonly { readonly manager: string; readonly fieldsV1: object }[];
  };
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/**
 * A control plane, two guards and what keeps their trust; each review asks one guard to mutate and the
 * other to validate.
 */
export class Replicas {
  readonly plane: ControlPlane;
  readonly guards: readonly [Guard, Guard];
  readonly trust: Trust | undefined;

  constructor(plane: ControlPlane, guards: readonly [Guard, Guard], trust: Trust | undefined) {
    this.plane = plane;
    this.guards = guards;
    this.trust = trust;
  }

  /** Starts all with this `tls` section; they may do what {@link RIGHTS} says. */
  static async start(tls: Readonly<Record<string, unknown>>): Promise<Replicas> {
    const plane = await startControlPlane();
    const guard = async (name: string) =>
      startGuard(undefined, {
        env: { KUBECONFIG: await plane.kubeconfigFor(name, ['guards']) },
        tls,
      });
    try {
      await plane.kubectl(['apply', '-f', '-'], { stdin: RIGHTS });
      if (tls.source === 'self-signed') {
        for (const path of [SECRET, SERVING_SECRET]) await makeSecret(plane, path);
      }
      const keepsTrust = tls.source !== 'cert-manager';
      const kubeconfig = await plane.kubeconfigFor('trust', ['trust']);
      const trust = keepsTrust ? await startTrust(tls, kubeconfig) : undefined;
      return new Replicas(plane, await Promise.all([guard('one'), guard('two')]), trust);
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  /** Registers the guards by name, closed on both sides, without a caBundle. */
  async register(): Promise<void> {
    for (const [index, kind] of KINDS.entries()) {
      const url = this.guards[index]!.url.replace('127.0.0.1', 'localhost');
      const manifest = webhookConfigurations({ url, ca: '' })[kind];
      const webhooks = manifest.webhooks.map(({ clientConfig, ...webhook }) => ({
        ...webhook,
        failurePolicy: 'Fail',
        clientConfig: { url: clientConfig.url },
      }));
      const path = configurationPath(kind).replace(`/${CONFIGURATION_NAME}`, '');
      const { status, body } = await this.plane.raw('POST', path, { ...manifest, webhooks });
      if (status !== 201) throw new Error(body);
    }
  }

  async unregister(): Promise<void> {
    for (const kind of KINDS) await this.plane.raw('DELETE', configurationPath(kind));
  }

  async live(kind: Kind): Promise<LiveConfiguration> {
    return JSON.parse((await this.plane.raw('GET', configurationPath(kind))).body) as never;
  }

  async bundle(kind: Kind): Promise<string> {
    const [webhook] = (await this.live(kind)).webhooks;
    return Buffer.from(webhook!.clientConfig.caBundle ?? '', 'base64').toString();
  }

  async setBundle(kind: Kind, caBundle: string): Promise<void> {
    const encoded = Buffer.from(caBundle).toString('base64');
    const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: encoded }];
    const path = configurationPath(kind);
    const response = await this.plane.raw('PATCH', path, patch, 'application/json-patch+json');
    if (response.status !== 200) throw new Error(response.body);
  }

  /** A Secret's data as text; that of the CA unless told otherwise. */
  async secret(path = SECRET): Promise<Record<string, string> | undefined> {
    const { status, body } = await this.plane.raw('GET', path);
    if (status === 404) return undefined;
    const { data = {} } = JSON.parse(body) as { data?: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }

  /**
   * The certificate that a guard shows; rejects when the live caBundle does not vouch for it. Judged
   * as Go does, which tries all CAs of a name: Node's own TLS tries only the first.
   */
  async handshake(index: 0 | 1): Promise<X509Certificate> {
    const trusted = certificatesIn(await this.bundle(KINDS[index]));
    const port = Number(new URL(this.guards[index].url).port);
    const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate()!;
    socket.destroy();
    const isTrusted = trusted.some((ca) => certificate.verify(ca.publicKey));
    if (isTrusted && certificate.checkHost('localhost')) return certificate;
    throw new Error(`guard ${index} shows a certificate that no caBundle trusts`);
  }

  async readiness(): Promise<number[]> {
    return Promise.all(
      this.guards.map(async ({ url }) => {
        const port = Number(new URL(url).port);
        const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false });
        socket.end('GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
        const [answer] = (await once(socket, 'data')) as [Buffer];
        socket.destroy();
        return Number(answer.toString().split(' ')[1]);
      }),
    );
  }

  async untilReady(): Promise<void> {
    await waitFor('both guards to be ready', PATIENCE_MS, async () =>
      (await this.readiness()).every((status) => status === 200) ? true : undefined,
    );
  }

  /** A good write and a bad one, neither of which is kept: what is not as it should be. */
  async complaints(): Promise<string[]> {
    const write = (data: Readonly<Record<string, string>>) =>
      this.plane.raw('POST', `${CONFIG_MAPS}?dryRun=All`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'eni-config', namespace: 'kube-system' },
        data,
      });
    const good = await write(BASE_VETH);
    const bad = await write({});
    return [
      ...(good.status === 201 ? [] : [good.body]),
      ...(bad.status === 422 && bad.body.includes('10-terway.conf') ? [] : [bad.body]),
    ];
  }

  /** Calls that failed or were answered wrongly while `action` went on, and how many there were. */
  async duringReviews(action: () => Promise<void>): Promise<{ calls: number; wrong: string[] }> {
    let isOver = false;
    const result = { calls: 0, wrong: [] as string[] };
    const flow = async (call: () => Promise<string[]>) => {
      while (!isOver) {
        result.wrong.push(...(await call()));
        result.calls += 1;
        await delay(20);
      }
    };
    const flows = [
      flow(() => this.complaints()),
      // The API server keeps its connections: new ones show what it would find if it did not.
      ...([0, 1] as const).map((index) =>
        flow(() =>
          this.handshake(index).then(
            () => [],
            (error: unknown) => [String(error)],
          ),
        ),
      ),
    ];
    try {
      await action();
    } finally {
      isOver = true;
      await Promise.all(flows);
    }
    return result;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.guards, this.trust].map(async (one) => one?.stop()));
    await this.plane.stop();
  }
}

/** Makes a Secret without data, as the chart renders it. */
export async function makeSecret(plane: ControlPlane, path: string, more: object = {}) {
  const [collection = '', name = ''] = path.split(/\/(?=[^/]*$)/);
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...more };
  const { status, body } = await plane.raw('POST', collection, object);
  if (status !== 201) throw new Error(body);
}

const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block),
  );

export const subjectsIn = (pem: string): string[] =>
  certificatesIn(pem).map(({ subject }) => subject);

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';

import { BASE_VETH } from '../support/config-maps.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from '../support/wait.ts';
import { type Guard, startGuard } from './guard.ts';
import { CONFIGURATION_NAME, configurationPath, webhookConfigurations } from './webhooks.ts';

const PATIENCE_MS = 60_000;

export const KINDS = ['mutating', 'validating'] as const;
export type Kind = (typeof KINDS)[number];
export const SECRETS = '/api/v1/namespaces/kube-system/secrets';
export const SECRET = `${SECRETS}/eni-config-guard-ca`;
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** What the guard must be allowed, and nothing more. */
const RIGHTS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: eni-config-guard, namespace: kube-system}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [create]}
- {apiGroups: [""], resources: [secrets], resourceNames: [eni-config-guard-ca], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: eni-config-guard, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: eni-config-guard}
subjects: [{kind: Group, name: guards, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: eni-config-guard}
rules:
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
  resourceNames: [eni-config-guard]
  verbs: [get, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: eni-config-guard}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: eni-config-guard}
subjects: [{kind: Group, name: guards, apiGroup: rbac.authorization.k8s.io}]
`;

interface LiveConfiguration {
  readonly metadata: {
    readonly managedFields: readonly { readonly manager: string; readonly fieldsV1: object }[];
  };
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/** A control plane and two guards; each review asks one to mutate and the other to validate. */
export class Replicas {
  readonly plane: ControlPlane;
  readonly guards: readonly [Guard, Guard];

  constructor(plane: ControlPlane, guards: readonly [Guard, Guard]) {
    this.plane = plane;
    this.guards = guards;
  }

  /** Starts both with this `tls` section; they may do what {@link RIGHTS} says. */
  static async start(tls: Readonly<Record<string, unknown>>): Promise<Replicas> {
    const plane = await startControlPlane();
    const guard = async (name: string) =>
      startGuard(undefined, {
        env: { KUBECONFIG: await plane.kubeconfigFor(name, ['guards']) },
        tls,
      });
    try {
      await plane.kubectl(['apply', '-f', '-'], { stdin: RIGHTS });
      return new Replicas(plane, await Promise.all([guard('one'), guard('two')]));
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

  /** The Secret's data as text. */
  async secret(): Promise<Record<string, string> | undefined> {
    const { status, body } = await this.plane.raw('GET', SECRET);
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
    throw new Error(`guard ${index} shows a certificate that nobody trusts`);
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
    await Promise.all(this.guards.map((guard) => guard.stop()));
    await this.plane.stop();
  }
}

const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block),
  );

export const subjectsIn = (pem: string): string[] =>
  certificatesIn(pem).map(({ subject }) => subject);

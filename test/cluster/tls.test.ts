import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { t } from 'tap';

import { BASE_VETH } from '../support/config-maps.ts';
import { CertificateAuthority } from './controlplane/certificates.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from './controlplane/wait.ts';
import { type Guard, startGuard } from './guard.ts';
import { CONFIGURATION_NAME, webhookConfigurations } from './webhooks.ts';

/** Short lives, so that a CA is replaced every minute and a certificate every half. */
const CA_SECONDS = 90;
const LEAF_SECONDS = 45;
/** A guard looks that often then. */
const LOOK_MS = (LEAF_SECONDS * 1000) / 60;
const PATIENCE_MS = 60_000;

const KINDS = ['mutating', 'validating'] as const;
type Kind = (typeof KINDS)[number];
const configurationPath = (kind: Kind) =>
  `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${CONFIGURATION_NAME}`;
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const SECRET = `${SECRETS}/eni-config-guard-ca`;
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
class Replicas {
  readonly plane: ControlPlane;
  readonly guards: readonly [Guard, Guard];

  constructor(plane: ControlPlane, guards: readonly [Guard, Guard]) {
    this.plane = plane;
    this.guards = guards;
  }

  static async start(): Promise<Replicas> {
    const plane = await startControlPlane();
    await plane.kubectl(['apply', '-f', '-'], { stdin: RIGHTS });
    const guard = async (name: string) =>
      startGuard(undefined, {
        env: { KUBECONFIG: await plane.kubeconfigFor(name, ['guards']) },
        tls: {
          source: 'self-signed',
          names: ['localhost'],
          caHours: CA_SECONDS / 3600,
          certificateHours: LEAF_SECONDS / 3600,
        },
      });
    return new Replicas(plane, await Promise.all([guard('one'), guard('two')]));
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

  /** The certificate that a guard shows to somebody who trusts only the live caBundle. */
  async handshake(index: 0 | 1): Promise<X509Certificate> {
    const ca = await this.bundle(KINDS[index]);
    const port = Number(new URL(this.guards[index].url).port);
    const socket = tlsConnect({ host: '127.0.0.1', servername: 'localhost', port, ca });
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate()!;
    socket.destroy();
    return certificate;
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

const subjectsIn = (pem: string) =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block).subject,
  );

t.setTimeout(400_000);
t.test('two guards with a CA of their own', async (t) => {
  const replicas = await Replicas.start();
  t.teardown(() => replicas.stop());
  const { plane, guards } = replicas;
  const signer = async () => new X509Certificate((await replicas.secret())!['tls.crt']!).subject;
  /** Until both serve under this CA and no bundle holds anything else than the Secret's. */
  const untilAgreed = async (isDone: (subject: string) => boolean) =>
    waitFor('the guards to agree', PATIENCE_MS, async () => {
      const secret = await replicas.secret();
      if (!secret?.['ca.crt']) return undefined;
      const subject = await signer().catch(() => '');
      if (!isDone(subject)) return undefined;
      const leaves = await Promise.all(
        ([0, 1] as const).map((index) => replicas.handshake(index).catch(() => undefined)),
      );
      const bundles = await Promise.all(KINDS.map(async (kind) => replicas.bundle(kind)));
      const trusted = subjectsIn(secret['ca.crt']).sort().join();
      const agree =
        leaves.every((leaf) => leaf?.issuer === subject) &&
        bundles.every((bundle) => subjectsIn(bundle).sort().join() === trusted);
      return agree ? true : undefined;
    });

  await t.test('make nothing and are not ready while nobody is told to call them', async (t) => {
    await delay(5 * LOOK_MS);
    t.same(await replicas.readiness(), [503, 503]);
    t.equal(await replicas.secret(), undefined);
  });

  await t.test('agree on one and have it trusted once they are registered', async (t) => {
    await replicas.register();
    await replicas.untilReady();
    await untilAgreed(() => true);
    t.same(await replicas.complaints(), []);
    for (const kind of KINDS) {
      const { metadata } = await replicas.live(kind);
      const own = metadata.managedFields.filter(({ manager }) => manager === 'eni-config-guard');
      t.equal(own.length, 1);
      const fields = JSON.stringify(own[0]!.fieldsV1);
      t.match(fields, /"f:clientConfig":\{"f:caBundle":\{\}\}/);
      t.notMatch(fields, /f:url|f:rules|f:failurePolicy/, 'and own nothing but the caBundle');
    }
  });

  await t.test('mend a caBundle that was emptied or replaced, and say so', async (t) => {
    const stranger = await CertificateAuthority.create();
    for (const text of ['', 'garbage', stranger.certificate]) {
      for (const kind of KINDS) {
        await replicas.setBundle(kind, text);
        await untilAgreed(() => true);
        await replicas.untilReady();
      }
      await waitFor('reviews to go through again', PATIENCE_MS, async () =>
        (await replicas.complaints()).length === 0 ? true : undefined,
      );
    }
    const logs = (await Promise.all(guards.map((guard) => guard.log()))).join('');
    for (const kind of KINDS) {
      t.match(logs, new RegExp(`"${kind}webhookconfiguration".*mended the caBundle`));
    }
  });

  const faults: Record<string, () => Promise<unknown>> = {
    'is deleted': () => plane.raw('DELETE', SECRET),
    'holds garbage': () =>
      spoil({ 'tls.crt': 'garbage', 'tls.key': 'garbage', 'ca.crt': 'garbage' }),
    'holds nothing': () => spoil({ 'tls.crt': null, 'tls.key': null, 'ca.crt': null }),
    'holds the key of something else': async () =>
      spoil({
        'tls.key': (await (await CertificateAuthority.create()).issueServer([])).privateKey,
      }),
    'is of another type': async () => {
      await plane.raw('DELETE', SECRET);
      await plane.raw('POST', SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'eni-config-guard-ca', labels: { theirs: 'kept' } },
        type: 'kubernetes.io/basic-auth',
        stringData: { username: 'somebody' },
      });
    },
  };
  async function spoil(texts: Record<string, string | null>) {
    const data = Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text === null ? null : Buffer.from(text).toString('base64'),
      ]),
    );
    const { status } = await plane.raw('PATCH', SECRET, { data }, 'application/merge-patch+json');
    if (status !== 200) throw new Error('the Secret can not be changed');
  }
  for (const [fault, cause] of Object.entries(faults)) {
    await t.test(`lose no call when the Secret ${fault}`, async (t) => {
      const before = await signer();
      const { calls, wrong } = await replicas.duringReviews(async () => {
        await cause();
        await untilAgreed((subject) => subject !== '' && subject !== before);
      });
      t.same(wrong, []);
      t.ok(calls > 10, `${calls} calls`);
    });
  }

  await t.test('lose no call while certificates and CAs are renewed', async (t) => {
    const before = await signer();
    const serials = new Set<string>();
    const { calls, wrong } = await replicas.duringReviews(async () => {
      await waitFor('a new CA', 2 * CA_SECONDS * 1000, async () => {
        serials.add((await replicas.handshake(0)).serialNumber);
        return (await signer()) === before ? undefined : true;
      });
      t.ok(subjectsIn((await replicas.secret())!['ca.crt']!).includes(before), 'old and new');
      await untilAgreed((subject) => subject !== before);
      await waitFor('the former CA to be dropped', CA_SECONDS * 1000, async () => {
        const bundles = await Promise.all(KINDS.map(async (kind) => replicas.bundle(kind)));
        return bundles.some((bundle) => subjectsIn(bundle).includes(before)) ? undefined : true;
      });
    });
    t.same(wrong, []);
    t.ok(calls > 100, `${calls} calls`);
    t.ok(serials.size > 1, 'certificates were renewed under the same CA, too');
  });

  await t.test('stay ready and lose no call after the API server was away', async (t) => {
    await plane.stopApiServer();
    await delay(4 * LOOK_MS);
    t.same(await replicas.readiness(), [200, 200]);
    await plane.startApiServer();
    const { wrong } = await replicas.duringReviews(() => delay(4 * LOOK_MS));
    t.same(wrong, []);
  });

  await t.test('that start while the API server is away are alive, and ready later', async (t) => {
    await plane.stopApiServer();
    await Promise.all(guards.map((guard) => guard.kill()));
    await Promise.all(guards.map((guard) => guard.restart()));
    t.same(await replicas.readiness(), [503, 503]);
    await plane.startApiServer();
    await replicas.untilReady();
    t.same(await replicas.complaints(), []);
  });

  await t.test('leave nothing behind', async (t) => {
    await replicas.unregister();
    await delay(2 * LOOK_MS);
    await plane.raw('DELETE', SECRET);
    await delay(5 * LOOK_MS);
    t.equal(await replicas.secret(), undefined);
    for (const kind of KINDS) {
      t.equal((await plane.raw('GET', configurationPath(kind))).status, 404);
    }
  });

  await t.test('never show a key', async (t) => {
    const logs = (await Promise.all(guards.map((guard) => guard.log()))).join('');
    t.notMatch(logs, /PRIVATE KEY|BEGIN/);
    t.match(logs, /made a new CA/);
  });
});

import { t } from 'tap';
import type { Test } from 'tap';

import { BASE_VETH } from '../support/config-maps.ts';
import { CHART } from './chart.ts';
import type { Manifest } from './chart.ts';
import type { AuditEvent } from './controlplane/audit.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import type { Output } from './controlplane/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from './controlplane/wait.ts';
import { manifest } from './guarded-cluster.ts';

/**
 * The life of a release as the API server sees it. No pod runs here: nobody answers the webhooks,
 * so everything that works does so without a guard.
 */

const EVENT_TIMEOUT_MS = 10_000;
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1';
const VALIDATING = `${REGISTRATIONS}/validatingwebhookconfigurations/eni-config-guard`;
const CA = Buffer.from('a CA that the guard wrote').toString('base64');

t.test('a release', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  succeeds(t, await plane.kubectl(['create', '-f', '-'], { stdin: manifest(BASE_VETH) }));
  const helm = (...args: string[]) => plane.helm(args);
  const namespaces = ['kube-system', 'network'];

  for (const namespace of namespaces) {
    await t.test(`in ${namespace}`, async (t) => {
      await t.test('is installed without a value, webhooks last', async (t) => {
        const from = await now(plane);
        const install = ['install', 'guard', CHART, '-n', namespace, '--create-namespace'];
        const output = await helm(...install);
        succeeds(t, output);
        t.notMatch(output.stderr, /warning/i, 'Kubernetes has nothing against any field');
        t.match(output.stdout, `helm test guard -n ${namespace}`, 'the notes show how to verify');
        t.match(output.stdout, DISARM, 'and how to disarm');
        const created = await changesSince(
          plane,
          from,
          'create',
          'validatingwebhookconfigurations',
        );
        const pods = created.lastIndexOf('deployments');
        t.ok(pods > created.indexOf('services'), created.join(' '));
        t.ok(created.indexOf('mutatingwebhookconfigurations') > pods);
        t.equal(created.at(-1), 'validatingwebhookconfigurations');
      });

      await t.test('keeps over upgrade and rollback what the guard wrote', async (t) => {
        await writeAsGuard(t, plane, namespace);
        for (const change of [
          ['upgrade', 'guard', CHART, '--set=config.restartGate=warn,replicas=3'],
          ['rollback', 'guard', '1'],
        ]) {
          succeeds(t, await helm(...change, '-n', namespace));
          const [guarding, ...others] = await webhooks(plane);
          t.equal(guarding?.clientConfig.caBundle, CA, 'caBundle stands');
          t.same(
            others.map(({ name }) => name),
            change[0] === 'upgrade' ? [RESTART_GATE] : [],
          );
          const secret = await get(plane, caSecret(namespace));
          t.same(secret.data, { 'ca.crt': CA }, 'the CA stands');
        }
      });

      await t.test('is armed again by an upgrade after it was disarmed', async (t) => {
        succeeds(t, await plane.shell(DISARM));
        t.equal((await plane.raw('GET', VALIDATING)).status, 404);
        succeeds(t, await helm('upgrade', 'guard', CHART, '-n', namespace));
        t.equal((await plane.raw('GET', VALIDATING)).status, 200);
      });

      await t.test('is uninstalled, webhooks first, and leaves nothing', async (t) => {
        const from = await now(plane);
        succeeds(t, await helm('uninstall', 'guard', '-n', namespace));
        const deleted = await changesSince(plane, from, 'delete', 'serviceaccounts');
        const beforeService = deleted.slice(0, deleted.indexOf('services'));
        t.ok(beforeService.includes('validatingwebhookconfigurations'), deleted.join(' '));
        t.ok(beforeService.includes('mutatingwebhookconfigurations'));
        t.ok(deleted.indexOf('deployments') >= beforeService.length);
        // A pod that still drains can't make its Secret anew.
        t.ok(deleted.indexOf('secrets') > deleted.lastIndexOf('roles'));
        t.equal((await plane.raw('GET', VALIDATING)).status, 404);
        t.same(await leftovers(plane), []);
      });
    });
  }

  await t.test(
    'would lose its Service first but for the hook: Helm 3 still needs it',
    async (t) => {
      succeeds(t, await helm('install', 'guard', CHART, '-n', 'kube-system'));
      const from = await now(plane);
      succeeds(t, await helm('uninstall', 'guard', '-n', 'kube-system', '--no-hooks'));
      const webhooks = 'validatingwebhookconfigurations';
      const deleted = await changesSince(plane, from, 'delete', webhooks);
      t.ok(deleted.indexOf('services') < deleted.indexOf(webhooks), deleted.join(' '));
      t.same(await leftovers(plane), []);
    },
  );
});

const DISARM = 'kubectl delete validatingwebhookconfiguration eni-config-guard';
const RESTART_GATE = 'restart-gate.terway.eni-config-guard';

function succeeds(t: Test, { code, stderr }: Output): void {
  t.equal(code, 0, stderr);
}

const caSecret = (namespace: string) =>
  `/api/v1/namespaces/${namespace}/secrets/eni-config-guard-ca`;

async function get(plane: ControlPlane, path: string): Promise<Manifest> {
  return JSON.parse((await plane.raw('GET', path)).body) as Manifest;
}

/** What a guard writes: the CA into its Secret, caBundle into the configuration, nothing else. */
async function writeAsGuard(t: Test, plane: ControlPlane, namespace: string): Promise<void> {
  const [webhook] = await webhooks(plane);
  const writes: [string, Record<string, unknown>][] = [
    [caSecret(namespace), { apiVersion: 'v1', kind: 'Secret', data: { 'ca.crt': CA } }],
    [
      VALIDATING,
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        webhooks: [{ name: webhook?.name, clientConfig: { caBundle: CA } }],
      },
    ],
  ];
  for (const [path, body] of writes) {
    const apply = `${path}?fieldManager=eni-config-guard&force=true`;
    const { status, body: answer } = await plane.raw(
      'PATCH',
      apply,
      body,
      'application/apply-patch+yaml',
    );
    t.equal(status, 200, answer);
  }
}

interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly caBundle?: string };
}

async function webhooks(plane: ControlPlane): Promise<readonly Webhook[]> {
  return (await get(plane, VALIDATING)).webhooks as readonly Webhook[];
}

/** How many events the audit log holds: where to look for what comes after. */
async function now(plane: ControlPlane): Promise<number> {
  return (await plane.auditEvents()).length;
}

/**
 * The resources that were created or deleted after the first `from` audit events, in the order in
 * which the API server answered, as soon as `last` is among them.
 */
async function changesSince(
  plane: ControlPlane,
  from: number,
  verb: 'create' | 'delete',
  last: string,
): Promise<string[]> {
  const find = async () => {
    const events = (await plane.auditEvents()).slice(from);
    return events.filter((event) => event.verb === verb && succeeded(event)).map(resource);
  };
  await waitFor(`the ${verb} of ${last}`, EVENT_TIMEOUT_MS, async () =>
    (await find()).includes(last) ? true : undefined,
  );
  return find();
}

const succeeded = ({ responseStatus }: AuditEvent) => (responseStatus?.code ?? 0) < 300;
const resource = ({ objectRef }: AuditEvent) => objectRef?.resource ?? '';

/** Every object in the cluster that carries the guard's label, and helm's own record. */
async function leftovers(plane: ControlPlane): Promise<string[]> {
  const kinds = await plane.kubectl(['api-resources', '--verbs=list', '-o', 'name']);
  const listable = kinds.stdout.trim().split('\n').join(',');
  const get = ['get', listable, '-A', '-o', 'name', '--ignore-not-found'];
  const labels = ['app.kubernetes.io/name=eni-config-guard', 'owner=helm'];
  const found = await Promise.all(labels.map((label) => plane.kubectl([...get, '-l', label])));
  return found.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
}

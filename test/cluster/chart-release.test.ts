import { t } from 'tap';
import type { Test } from 'tap';

import { BASE_VETH } from '../support/config-maps.ts';
import { CHART, IMAGE, apply, find, render } from './chart.ts';
import type { Manifest } from './chart.ts';
import { findOrBuildHelm4 } from './controlplane/binaries.ts';
import type { AuditEvent } from './controlplane/audit.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import type { Output } from '../support/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import { requestedHelmMajor } from '../support/versions.ts';
import { waitFor } from '../support/wait.ts';
import { manifest } from './guarded-cluster.ts';

/**
 * The life of a release as the API server sees it. No pod runs here: the webhooks have no answer,
 * so everything that works does so without a guard.
 */

const EVENT_TIMEOUT_MS = 10_000;
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1';
const VALIDATING = `${REGISTRATIONS}/validatingwebhookconfigurations/eni-config-guard`;
const CA = Buffer.from('a CA that trust wrote').toString('base64');

t.test('a release', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  succeeds(t, await plane.kubectl(['create', '-f', '-'], { stdin: manifest(BASE_VETH) }));
  const helm = (...args: string[]) =>
    plane.helm([
      ...args,
      ...(args.includes(CHART) ? [`--set=image.repository=${IMAGE.repository}`] : []),
    ]);
  const namespaces = ['kube-system', 'network'];

  for (const namespace of namespaces) {
    await t.test(`in ${namespace}`, async (t) => {
      await t.test(
        'is installed with its image alone, webhooks after what answers them',
        async (t) => {
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
          // Helm 3 creates the floor before them, Helm 4 after them: it needs no pod.
          t.ok(created.indexOf('mutatingwebhookconfigurations') > pods);
          t.ok(created.indexOf('validatingwebhookconfigurations') > pods);
        },
      );

      await t.test('keeps over upgrade and rollback what was written since', async (t) => {
        await writeData(t, plane, namespace);
        for (const change of [
          ['upgrade', 'guard', CHART, '--set=config.restartGate=off,replicas=3'],
          ['rollback', 'guard', '1'],
        ]) {
          succeeds(t, await helm(...change, '-n', namespace));
          for (const { name, clientConfig } of await webhooks(plane)) {
            t.equal(clientConfig.caBundle, CA, `caBundle of ${name} stands`);
          }
          t.equal(await isAsking(plane, RESTART_GATE), change[0] === 'rollback');
          for (const path of secretsIn(namespace)) {
            t.same((await get(plane, path)).data, { 'ca.crt': CA }, `${path} stands`);
          }
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
        t.equal((await plane.raw('GET', VALIDATING)).status, 404);
        t.same(await leftovers(plane), []);
      });
    });
  }

  await t.test(
    'keeps the paths of its webhooks with Helm 4, however it applies them',
    async (t) => {
      const program = await findOrBuildHelm4(plane.binaries.version);
      const helm4 = (...args: string[]) =>
        plane.run(program, [...args, '-n', 'kube-system', '--timeout=60s']);
      const chart = [CHART, `--set=image.repository=${IMAGE.repository}`];
      const paths = async () =>
        (await webhooks(plane)).map(({ clientConfig }) => clientConfig.service?.path);
      succeeds(t, await helm4('install', 'guard', ...chart));
      t.teardown(() => helm4('uninstall', 'guard'));
      const first = await paths();
      t.match(first[0], /^\/validate\/[a-z0-9]{32}$/);
      for (const flags of [
        [],
        ['--server-side=true', '--force-conflicts'],
        ['--server-side=false'],
        ['--server-side=false', '--force-replace'],
        ['--server-side=true'],
      ]) {
        succeeds(t, await helm4('upgrade', 'guard', ...chart, '--set=replicas=3', ...flags));
        t.same(await paths(), first, `an upgrade ${flags.join(' ')}`);
      }
      for (const flags of [
        [],
        ['--server-side=false'],
        ['--server-side=true', '--force-conflicts'],
      ]) {
        succeeds(t, await helm4('rollback', 'guard', '1', ...flags));
        t.same(await paths(), first, `a rollback ${flags.join(' ')}`);
      }
    },
  );

  await t.test('keeps the paths of its webhooks, and changes them in two upgrades', async (t) => {
    const namespace = ['-n', 'kube-system'];
    const paths = async () =>
      (await webhooks(plane)).map(({ clientConfig }) => clientConfig.service?.path);
    const upgrade = async (...flags: string[]) => {
      succeeds(t, await helm('upgrade', 'guard', CHART, ...namespace, ...flags));
      return paths();
    };
    const replacing =
      requestedHelmMajor() === 4 ? ['--server-side=false', '--force-replace'] : ['--force'];
    succeeds(t, await helm('install', 'guard', CHART, ...namespace));
    t.teardown(() => helm('uninstall', 'guard', ...namespace));
    const first = await paths();
    const [validate, gate] = [/^\/validate\/[a-z0-9]{32}$/, /^\/restart-gate\/[a-z0-9]{32}$/];
    t.match(first, [validate, gate, validate]);
    t.same(await upgrade('--set=replicas=3'), first, 'an upgrade');
    t.same(await upgrade(...replacing), first, 'one that replaces objects');
    succeeds(t, await helm('rollback', 'guard', '1', ...namespace));
    t.same(await paths(), first, 'a rollback');
    const rendered = await render(plane, {}, { flags: ['--dry-run=server'] });
    const registration = rendered.find(
      ({ kind, webhooks }) =>
        kind.startsWith('Validating') && Array.isArray(webhooks) && webhooks.length > 0,
    );
    t.match(registration?.webhooks, [{ clientConfig: { service: { path: first[0] } } }]);
    const values = await helm('get', 'values', 'guard', '--all', ...namespace);
    t.notMatch(values.stdout, first[0]?.split('/').at(-1) ?? '', 'no token among the values');

    const old = first[0]?.split('/').at(-1) ?? '';
    t.same(await upgrade(`--set=pathTokens={${old},new}`), first, 'the first of two upgrades');
    t.match(await upgrade(`--set=pathTokens={new,${old}}`), ['/validate/new', '/restart-gate/new']);
    t.match(await upgrade('--reset-values'), ['/validate/new'], 'and kept from then on');
  });

  await t.test('turns webhooks off by server-side apply, as Helm 4 does it', async (t) => {
    const registration = async (isOn: boolean) => {
      const values = {
        config: { restartGate: isOn ? 'warn' : 'off' },
        overlays: { enabled: isOn },
      };
      return find(await render(plane, values), 'ValidatingWebhookConfiguration');
    };
    t.teardown(() => plane.raw('DELETE', VALIDATING));
    for (const isOn of [false, true, false]) {
      await apply(plane, [await registration(isOn)], ['--server-side']);
      for (const name of [RESTART_GATE, OVERLAYS]) {
        t.equal(await isAsking(plane, name), isOn, `${name} is ${isOn ? 'on' : 'off'}`);
      }
      await writeCaBundle(t, plane);
    }
  });

  await t.test(
    'would lose its Service first but for the hook: Helm 3 still needs it',
    async (t) => {
      succeeds(t, await helm('install', 'guard', CHART, '-n', 'kube-system'));
      const from = await now(plane);
      succeeds(t, await helm('uninstall', 'guard', '-n', 'kube-system', '--no-hooks'));
      const webhooks = 'validatingwebhookconfigurations';
      const deleted = await changesSince(plane, from, 'delete', webhooks);
      const isServiceFirst = deleted.indexOf('services') < deleted.indexOf(webhooks);
      // Helm 4 deletes webhook configurations before anything else.
      t.equal(isServiceFirst, requestedHelmMajor() === 3, deleted.join(' '));
      t.same(await leftovers(plane), []);
    },
  );
});

const DISARM = 'kubectl delete validatingwebhookconfiguration eni-config-guard';
const RESTART_GATE = 'restart-gate.terway.eni-config-guard';
const OVERLAYS = 'overlays.terway.eni-config-guard';

function succeeds(t: Test, { code, stderr }: Output): void {
  t.equal(code, 0, stderr);
}

/** The Secrets that the chart renders without data: those of trust, and the history of eni-config. */
const secretsIn = (namespace: string) => [
  ...['ca', 'tls'].map(
    (name) => `/api/v1/namespaces/${namespace}/secrets/eni-config-guard-${name}`,
  ),
  '/api/v1/namespaces/kube-system/secrets/eni-config-guard-history',
];

async function get(plane: ControlPlane, path: string): Promise<Manifest> {
  return JSON.parse((await plane.raw('GET', path)).body) as Manifest;
}

/** Data into the Secrets and caBundle into the configuration, as the guard's programs write them. */
async function writeData(t: Test, plane: ControlPlane, namespace: string): Promise<void> {
  const secret = { apiVersion: 'v1', kind: 'Secret', data: { 'ca.crt': CA } };
  for (const path of secretsIn(namespace)) await applyAsTrust(t, plane, path, secret);
  await writeCaBundle(t, plane);
}

async function writeCaBundle(t: Test, plane: ControlPlane): Promise<void> {
  await applyAsTrust(t, plane, VALIDATING, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    webhooks: (await webhooks(plane)).map(({ name }) => ({ name, clientConfig: { caBundle: CA } })),
  });
}

async function applyAsTrust(t: Test, plane: ControlPlane, path: string, body: object) {
  const apply = `${path}?fieldManager=eni-config-guard&force=true`;
  const answer = await plane.raw('PATCH', apply, body, 'application/apply-patch+yaml');
  t.equal(answer.status, 200, answer.body);
}

interface Webhook {
  readonly name: string;
  readonly rules?: readonly unknown[];
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service?: { readonly path?: string };
  };
}

async function webhooks(plane: ControlPlane): Promise<readonly Webhook[]> {
  return (await get(plane, VALIDATING)).webhooks as readonly Webhook[];
}

/** Whether the API server asks this webhook about anything. */
async function isAsking(plane: ControlPlane, name: string): Promise<boolean> {
  const webhook = (await webhooks(plane)).find((candidate) => candidate.name === name);
  return (webhook?.rules ?? []).length > 0;
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
    const has = verb === 'create' ? isCreation : isDeletion;
    return events.filter((event) => has(event) && succeeded(event)).map(resource);
  };
  await waitFor(`the ${verb} of ${last}`, EVENT_TIMEOUT_MS, async () =>
    (await find()).includes(last) ? true : undefined,
  );
  return find();
}

/** Helm 4 applies what is not there yet. */
const isCreation = ({ verb, responseStatus }: AuditEvent) =>
  verb === 'create' || (verb === 'patch' && responseStatus?.code === 201);
const isDeletion = ({ verb }: AuditEvent) => verb === 'delete';
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

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { t } from 'tap';
import type { Test } from 'tap';

import { waitFor } from '../support/wait.ts';
import { type Features, renew, secretData, startCertManager } from './certmanager/cert-manager.ts';
import { type Manifest, apply, render } from './chart.ts';
import { KINDS, Replicas, subjectsIn } from './replicas.ts';

/** Files are looked at every 5 s, and a new CA must be seen three times. */
const PATIENCE_MS = 60_000;
const CA = 'eni-config-guard-ca';
const LEAF = 'eni-config-guard';
const SECRET = 'eni-config-guard-cert-manager-tls';

t.setTimeout(600_000);

// cert-manager itself, on a control plane; what a guard in pods makes of it is told in stories.
for (const [name, features] of Object.entries<Features>({
  'that adds to a caBundle': {},
  'that replaces it, as before 1.19': { replacesBundles: true },
})) {
  t.test(`certificates from cert-manager, with an injector ${name}`, async (t) => {
    await areKept(t, features);
  });
}

async function areKept(t: Test, features: Features): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const replicas = await Replicas.start({ source: 'cert-manager', directory });
  t.teardown(() => replicas.stop());
  const { plane } = replicas;
  await startCertManager(t, plane, features);
  await replicas.register();

  await t.test('are served once their CA stands in the caBundle', async (t) => {
    await apply(plane, await certificates());
    await waitFor('a certificate', PATIENCE_MS, async () =>
      (await secretData(plane, SECRET))['tls.crt'] === undefined ? undefined : true,
    );
    await mount();
    await waitFor('the guards to say what is missing', PATIENCE_MS, async () => {
      const logs = await Promise.all(replicas.guards.map((guard) => guard.log()));
      return logs.every((log) => log.includes('is signed by no CA it trusts')) ? true : undefined;
    });
    t.same(await replicas.readiness(), [503, 503]);
    for (const kind of KINDS) t.same(subjectsIn(await replicas.bundle(kind)), []);
    const marked = await plane.kubectl([
      'annotate',
      KINDS.map((kind) => `${kind}webhookconfiguration`).join(),
      'eni-config-guard',
      `cert-manager.io/inject-ca-from=kube-system/${LEAF}`,
    ]);
    t.equal(marked.code, 0, marked.stderr);
    await replicas.untilReady();
    await untilServed();
    t.same(await replicas.complaints(), []);
  });

  for (const renewed of [[LEAF], [CA, LEAF]]) {
    await t.test(`are renewed without a lost call: ${renewed.join(', then ')}`, async (t) => {
      const { calls, wrong } = await replicas.duringReviews(async () => {
        for (const certificate of renewed) await renew(plane, certificate);
        // The injector is done before a kubelet has noticed.
        await waitFor('the CA in the caBundles', PATIENCE_MS, async () => {
          const { 'ca.crt': ca = '' } = await secretData(plane, SECRET);
          const bundles = await Promise.all(KINDS.map((kind) => replicas.bundle(kind)));
          return bundles.every((bundle) => bundle.includes(ca)) ? true : undefined;
        });
        await mount();
        await untilServed();
      });
      t.comment(`${calls} calls`);
      t.same(wrong, []);
    });
  }

  /** What the chart has of cert-manager's kinds, for the name by which the guards are called here. */
  async function certificates(): Promise<Manifest[]> {
    const objects = await render(plane, { certificates: { source: 'cert-manager' } });
    return objects
      .filter(({ apiVersion }) => apiVersion.startsWith('cert-manager.io/'))
      .map((object) => {
        const spec = object.spec as { readonly dnsNames?: readonly string[] };
        return spec.dnsNames ? { ...object, spec: { ...spec, dnsNames: ['localhost'] } } : object;
      });
  }

  /** Brings the files up to date with the Secret, as a kubelet does. */
  async function mount(): Promise<void> {
    for (const [file, content] of Object.entries(await secretData(plane, SECRET))) {
      await writeFile(join(directory, file), content);
    }
  }

  async function untilServed(): Promise<void> {
    const { 'tls.crt': wanted } = await secretData(plane, SECRET);
    await waitFor('both guards to serve the files', PATIENCE_MS, async () => {
      const shown = await Promise.all(
        ([0, 1] as const).map((index) => replicas.handshake(index).catch(() => undefined)),
      );
      return shown.every((leaf) => leaf?.toString() === wanted) ? true : undefined;
    });
  }
}

import { t } from 'tap';

import { BASE_VETH } from '../support/config-maps.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { startGuardedCluster } from './guarded-cluster.ts';

/** The eight checks against a real API server with a real guard behind it. */

interface Report {
  readonly checks: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly seen: string;
    readonly remedy?: string;
  }[];
}

t.test('doctor', async (t) => {
  const cluster = await startGuardedCluster();
  t.teardown(() => cluster.stop());
  await cluster.store(BASE_VETH);
  /** Its exit status, and what each check came to that is not well. */
  const doctor = async () => {
    const args = ['doctor', '--kubeconfig', cluster.plane.kubeconfig, '--output', 'json'];
    const { code, stdout, stderr } = await run(process.execPath, [MAIN, ...args]);
    t.equal(stderr, '');
    const { checks } = JSON.parse(stdout) as Report;
    t.equal(checks.length, 8);
    const unwell = checks.filter(({ outcome }) => outcome !== 'ok');
    return { code, unwell };
  };

  await t.test('finds nothing wrong with a guard that is well', async (t) => {
    t.same(await doctor(), { code: 0, unwell: [] });
  });

  await t.test('tells a caBundle that is not of the certificate served', async (t) => {
    const stranger = await CertificateAuthority.create();
    await cluster.announce({ url: cluster.guard.url, ca: stranger.certificate });
    t.teardown(() => cluster.register());
    const { code, unwell } = await doctor();
    t.equal(code, 1);
    t.match(
      unwell.map(({ name, outcome }) => `${name} ${outcome}`),
      ['chain failed'],
    );
    t.ok(unwell.every(({ remedy }) => remedy !== undefined));
  });

  await t.test('tells a guard that has stopped', async (t) => {
    await cluster.guard.kill();
    t.teardown(() => cluster.guard.restart());
    const { code, unwell } = await doctor();
    t.equal(code, 1);
    t.match(unwell[0], { name: 'tcp', outcome: 'failed', seen: /ECONNREFUSED/ });
    t.match(unwell.at(-1), {
      name: 'latency',
      seen: /failed calling webhook .*connection refused/,
    });
  });

  await t.test('tells a cluster in which nothing calls the guard', async (t) => {
    await cluster.unregister();
    t.teardown(() => cluster.register());
    const { code, unwell } = await doctor();
    t.equal(code, 1);
    t.match(unwell[0], { name: 'service', outcome: 'failed', seen: /^there is no validating/ });
  });
});

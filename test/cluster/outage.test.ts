import { t } from 'tap';

import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { pasteConflist } from './edit-steps.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { CONFIGURATION_NAME } from './webhooks.ts';

const EFFECT_TIMEOUT_MS = 10_000;
const TARGET = 'cm eni-config -n kube-system';
const chain = conflist([VETH_CONF, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }]);

t.test('a guard that', async (t) => {
  const cluster = await startGuardedCluster();
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;
  await cluster.file('eni-config.yaml', manifest(withConflist(BASE_VETH, chain)));

  await t.test(
    'was killed closes eni-config, opens nothing, and leaves other objects alone',
    async (t) => {
      await cluster.store(BASE_VETH);
      await guard.kill();
      t.teardown(() => guard.restart());
      const transcript = new Transcript();
      for (const line of [
        `kubectl label ${TARGET} team=network`,
        'kubectl apply -f eni-config.yaml',
        `kubectl delete ${TARGET}`,
      ]) {
        t.match(await cluster.type(transcript, line), { code: 1 }, line);
      }
      const edit = await cluster.edit(transcript, [pasteConflist(chain)]);
      t.equal(edit.code, 1);
      for (const line of [
        'kubectl create cm other -n kube-system --from-literal=key=value',
        'kubectl label cm other -n kube-system team=network',
        'kubectl delete cm other -n kube-system',
        'kubectl create cm eni-config -n default',
        'kubectl delete cm eni-config -n default',
      ]) {
        t.match(await cluster.type(transcript, line), { code: 0 }, line);
      }
      t.same(await cluster.stored(), BASE_VETH);
      await transcript.matchesGolden(t, 'guard-killed');
    },
  );

  await t.test('was killed and comes back judges again, without a further hand', async (t) => {
    await cluster.store(BASE_VETH);
    await guard.kill();
    t.match(await plane.shell(`kubectl label ${TARGET} team=network`), { code: 1 });
    await guard.restart();
    t.match(await plane.shell(`kubectl label ${TARGET} team=network`), { code: 0 });
    const refused = { code: 1, stderr: /must not be deleted/ };
    t.match(await plane.shell(`kubectl delete ${TARGET}`), refused);
  });

  await t.test('is dead is disarmed by the command its name tells', async (t) => {
    await cluster.store(BASE_VETH);
    await guard.kill();
    t.teardown(async () => {
      await guard.restart();
      await cluster.register();
    });
    const transcript = new Transcript();
    const label = `kubectl label ${TARGET} team=network`;
    await cluster.type(transcript, label);
    const disarm = `kubectl delete validatingwebhookconfiguration ${CONFIGURATION_NAME}`;
    t.match(await cluster.type(transcript, disarm), { code: 0 });
    await cluster.untilFree();
    t.match(await cluster.type(transcript, label), { code: 0 });
    await transcript.matchesGolden(t, 'guard-disarmed');
  });

  await t.test('serves a certificate of another CA is told apart from a dead one', async (t) => {
    await cluster.store(BASE_VETH);
    t.teardown(() => cluster.register());
    const stranger = await CertificateAuthority.create();
    await cluster.announce({ url: guard.url, ca: stranger.certificate });
    await waitFor('the other CA to take effect', EFFECT_TIMEOUT_MS, async () =>
      (await cluster.probe()).body.includes('x509') ? true : undefined,
    );
    const transcript = new Transcript();
    const output = await cluster.type(transcript, `kubectl label ${TARGET} team=network`);
    t.equal(output.code, 1);
    await transcript.matchesGolden(t, 'guard-of-another-ca');
  });

  await t.test('is asked to end does so by itself, with status 0', async (t) => {
    t.equal(await guard.stop(), 0);
    await t.rejects(guard.log(), { code: 'ENOENT' }, 'its folder is gone');
  });
});

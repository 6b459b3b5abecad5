import { t } from 'tap';

import { connect, loadClient } from '../../src/kube/api.ts';
import { secretStore } from '../../src/certificates/secret-store.ts';
import { webhookConfigurations as liveConfigurations } from '../../src/certificates/webhook-configurations.ts';
import { startControlPlane } from './controlplane/start.ts';
import { webhookConfigurations } from './webhooks.ts';

const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1';
const SECRETS = '/api/v1/namespaces/kube-system/secrets';

t.test('on a real API server', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  // Takes seconds on a busy machine, which would count for the first call.
  await loadClient();
  const api = connect({ kubeconfig: plane.kubeconfig });
  const live = liveConfigurations(api);
  const registered = webhookConfigurations({ url: 'https://guard.example:8443', ca: '' });
  const pathOf = (kind: 'mutating' | 'validating', name = '/eni-config-guard') =>
    `${REGISTRATIONS}/${kind}webhookconfigurations${name}`;
  const register = async () => {
    for (const kind of ['mutating', 'validating'] as const) {
      await plane.raw('POST', pathOf(kind, ''), registered[kind]);
    }
  };
  const unregister = async () => {
    for (const kind of ['mutating', 'validating'] as const) await plane.raw('DELETE', pathOf(kind));
  };

  await t.test('a caBundle', async (t) => {
    await t.test('is written to all webhooks and leaves everything else alone', async (t) => {
      await register();
      t.teardown(unregister);
      const second = { ...registered.validating.webhooks[0], name: 'a.second.one' };
      const both = { webhooks: [...registered.validating.webhooks, second] };
      const path = pathOf('validating');
      await plane.raw('PATCH', path, both, 'application/merge-patch+json');
      const before = JSON.parse((await plane.raw('GET', path)).body) as typeof both;
      for (const configuration of await live.read()) {
        t.ok(await live.writeBundle(configuration, 'hello'));
      }
      for (const { webhooks } of await live.read()) {
        for (const webhook of webhooks) {
          t.match(webhook, { host: 'guard.example', caBundle: 'hello' });
        }
      }
      const after = JSON.parse((await plane.raw('GET', path)).body) as typeof both;
      t.equal(after.webhooks.length, 2);
      const caBundle = Buffer.from('hello').toString('base64');
      t.same(
        after.webhooks,
        before.webhooks.map(({ clientConfig, ...webhook }) => ({
          ...webhook,
          clientConfig: { ...clientConfig, caBundle },
        })),
      );
    });

    await t.test('is not written to what is gone: nothing is made', async (t) => {
      await register();
      const known = await live.read();
      t.equal(known.length, 2);
      await unregister();
      t.same(await live.read(), []);
      for (const configuration of known) t.notOk(await live.writeBundle(configuration, 'hello'));
      t.same(await live.read(), []);
    });

    await t.test('is not written to what has come anew or was changed since', async (t) => {
      await register();
      t.teardown(unregister);
      const former = await live.read();
      await unregister();
      await register();
      for (const configuration of former) {
        t.notOk(await live.writeBundle(configuration, 'hello'));
      }
      const known = await live.read();
      for (const configuration of known) t.ok(await live.writeBundle(configuration, 'first'));
      for (const configuration of known) t.notOk(await live.writeBundle(configuration, 'late'));
      for (const { webhooks } of await live.read()) t.match(webhooks, [{ caBundle: 'first' }]);
    });
  });

  await t.test('a Secret', async (t) => {
    const store = secretStore(api, 'kube-system', 'ca');
    const data = { 'tls.crt': 'certificate\n', 'tls.key': 'key' };

    await t.test('that is not there is never made', async (t) => {
      t.equal(await store.read(), undefined);
      t.notOk(await store.write(data, { version: '1', data: {} }));
      t.equal(await store.read(), undefined);
    });

    await t.test('is changed by a writer who knows its latest state', async (t) => {
      await plane.raw('POST', SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'ca' },
      });
      const empty = (await store.read())!;
      t.ok(await store.write(data, empty));
      const known = (await store.read())!;
      t.ok(await store.write({ 'tls.key': 'new' }, known));
      for (const late of [empty, known]) t.notOk(await store.write({ 'tls.key': 'late' }, late));
      t.same((await store.read())!.data, { ...data, 'tls.key': 'new' });
    });

    await t.test('of an installer keeps its labels and keys, and may be empty', async (t) => {
      await plane.raw('DELETE', `${SECRETS}/ca`);
      const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
      const metadata = { name: 'ca', labels };
      await plane.raw('POST', SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata });
      const known = (await store.read())!;
      t.same(known.data, {});
      t.ok(await store.write(data, known));
      const { body } = await plane.raw('GET', `${SECRETS}/ca`);
      t.match(JSON.parse(body), { metadata: { labels }, type: 'Opaque' });
    });

    await t.test('that was deleted since is not made by a change', async (t) => {
      const known = (await store.read())!;
      await plane.raw('DELETE', `${SECRETS}/ca`);
      t.notOk(await store.write(data, known));
      t.equal(await store.read(), undefined);
    });
  });
});

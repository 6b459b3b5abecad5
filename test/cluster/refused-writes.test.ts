import { t } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { Transcript } from './controlplane/transcript.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';

const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** The vendor's example on a cluster whose 10-terway.conf says more, and a slip. */
const badChain = conflist([
  VENDOR_CONF,
  { ...PORTMAP, type: 'portmapp', externalSetMarkChain: 'KUBE-MARK-MASQ' },
]);

/** What people type, by the name of the golden transcript; the specification reads on after it. */
const REFUSED: Readonly<Record<string, string>> = {
  apply: 'kubectl apply -f eni-config.yaml',
  'apply-server-side': 'kubectl apply --server-side -f eni-config.yaml',
  'apply-dry-run': 'kubectl apply --dry-run=server -f eni-config.yaml',
  diff: 'kubectl diff -f eni-config.yaml',
  replace: 'kubectl replace -f eni-config.yaml',
  'replace-force': 'kubectl replace --force -f eni-config.yaml',
  patch: 'kubectl patch cm eni-config -n kube-system --patch-file chain.json',
  'json-patch':
    'kubectl patch cm eni-config -n kube-system --type=json' +
    ` -p '[{"op": "remove", "path": "/data/eni_conf"}]'`,
  delete: 'kubectl delete cm eni-config -n kube-system',
};

t.test('a guarded eni-config', async (t) => {
  const cluster = await startGuardedCluster({
    facts: {
      terwayVersion: '1.15.2',
      pluginVersions: { portmap: '1.7.1' },
      kubeProxyMode: 'ipvs',
    },
  });
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  await cluster.file('eni-config.yaml', manifest(withConflist(BASE_VETH, badChain)));
  const patch = { data: { '10-terway.conflist': badChain } };
  await cluster.file('chain.json', JSON.stringify(patch, null, 2));

  for (const [name, line] of Object.entries(REFUSED)) {
    await t.test(`survives ${line.replace(/ -p .*/, '')}, which tells why`, async (t) => {
      await cluster.store(BASE_VETH);
      const transcript = new Transcript();
      const output = await cluster.type(transcript, line);
      t.not(output.code, 0);
      t.same(await cluster.stored(), BASE_VETH);
      await transcript.matchesGolden(t, `refused-${name}`);
    });
  }

  await t.test('survives kubectl delete cm --all, which deletes the others', async (t) => {
    await cluster.store(BASE_VETH);
    await plane.kubectl(['create', 'configmap', 'bystander', '-n', 'kube-system']);
    const output = await plane.shell('kubectl delete cm --all -n kube-system');
    t.match(output, {
      code: 1,
      stdout: /^configmap "bystander" deleted/m,
      stderr: /^The ConfigMap "eni-config" is invalid: .* must not be deleted/,
    });
    t.same(await cluster.stored(), BASE_VETH);
  });

  await t.test('survives a delete of the whole collection', async (t) => {
    await cluster.store(BASE_VETH);
    const { status, body } = await plane.raw('DELETE', CONFIG_MAPS);
    t.equal(status, 422);
    t.match(JSON.parse(body), {
      reason: 'Invalid',
      message: /must not be deleted/,
      details: { kind: 'ConfigMap', name: 'eni-config' },
    });
    t.same(await cluster.stored(), BASE_VETH);
  });

  await t.test('is not created with keys missing', async (t) => {
    await cluster.remove();
    const incomplete = { '10-terway.conflist': VENDOR_CHAINS['private access']! };
    await cluster.file('incomplete.yaml', manifest(incomplete));
    const transcript = new Transcript();
    const output = await cluster.type(transcript, 'kubectl create -f incomplete.yaml');
    t.equal(output.code, 1);
    t.equal(await cluster.stored(), undefined);
    await transcript.matchesGolden(t, 'refused-create-incomplete');
  });

  await t.test('is not created from a file saved as UTF-16', async (t) => {
    await cluster.remove();
    for (const [key, text] of Object.entries(BASE_VETH)) await cluster.file(key, text);
    const utf16 = Buffer.from(`\ufeff${VENDOR_CHAINS['private access']!}`, 'utf16le');
    await cluster.file('10-terway.conflist', utf16);
    const transcript = new Transcript();
    const output = await cluster.type(
      transcript,
      'kubectl create cm eni-config -n kube-system' +
        ' --from-file=10-terway.conf --from-file=10-terway.conflist --from-file=eni_conf',
    );
    t.equal(output.code, 1);
    t.equal(await cluster.stored(), undefined);
    await transcript.matchesGolden(t, 'refused-create-utf16');
  });
});

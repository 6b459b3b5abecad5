import { t } from 'tap';

import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import type { EditStep } from './controlplane/edit.ts';
import { Transcript } from './controlplane/transcript.ts';
import { pasteConflist, replaceIn } from './edit-steps.ts';
import { startGuard } from './guard.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';

const TARGET = 'cm eni-config -n kube-system';
const CONFIG_MAP = '/api/v1/namespaces/kube-system/configmaps/eni-config';

const facts = {
  terwayVersion: '1.15.2',
  pluginVersions: { portmap: '1.7.1' },
  kubeProxyMode: 'ipvs',
};

const MARKING = { externalSetMarkChain: 'KUBE-MARK-MASQ' };
/** A chain as a person writes it, and the same with the default. */
const CHAIN = conflist([VENDOR_CONF, PORTMAP]);
const CHAIN_WITH_DEFAULT = conflist([VENDOR_CONF, { ...PORTMAP, ...MARKING }]);
const OTHER_CHAIN = conflist([VENDOR_CONF, { ...PORTMAP, snat: true }]);
const OTHER_CHAIN_WITH_DEFAULT = conflist([VENDOR_CONF, { ...PORTMAP, snat: true, ...MARKING }]);

const written = withConflist(BASE_VENDOR, CHAIN);
const stored = withConflist(BASE_VENDOR, CHAIN_WITH_DEFAULT);

const ADDED =
  /^Warning: eni-config-guard added "externalSetMarkChain": "KUBE-MARK-MASQ" to plugins/m;

interface StoredObject {
  readonly data: Data;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly fieldsV1: { readonly 'f:data'?: Readonly<Record<string, object>> };
    }[];
  };
}

t.test('the mutator', async (t) => {
  const cluster = await startGuardedCluster({ facts });
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;

  const storedObject = async () =>
    JSON.parse((await plane.raw('GET', CONFIG_MAP)).body) as StoredObject;
  const resourceVersion = async () => (await storedObject()).metadata.resourceVersion;
  /** Who owns the chain, as server-side apply sees it. */
  const owners = async () =>
    (await storedObject()).metadata.managedFields
      .filter(({ fieldsV1 }) => fieldsV1['f:data']?.['f:10-terway.conflist'] !== undefined)
      .map(({ manager, operation }) => `${manager} ${operation}`);

  await t.test('adds the default to what kubectl edit saves, and says so', async (t) => {
    await cluster.store(BASE_VENDOR);
    const transcript = new Transcript();
    const edit = await cluster.edit(transcript, [pasteConflist(CHAIN)]);
    t.match(edit, { code: 0, stdout: 'configmap/eni-config edited\n', stderr: ADDED });
    t.same(await cluster.stored(), stored);

    const next = await cluster.edit(transcript, ['quit']);
    t.match(next.openings[0], '"externalSetMarkChain": "KUBE-MARK-MASQ"', 'the next edit shows it');
    await transcript.matchesGolden(t, 'defaults-edit');
  });

  await t.test(
    'adds it to what client-side apply writes; repeated, nothing is written',
    async (t) => {
      await cluster.remove();
      await cluster.file('eni-config.yaml', manifest(written));
      const transcript = new Transcript();
      const apply = 'kubectl apply -f eni-config.yaml';
      t.match(await cluster.type(transcript, apply), { code: 0, stderr: ADDED });
      t.same(await cluster.stored(), stored);

      const before = await resourceVersion();
      t.match(await cluster.type(transcript, apply), { code: 0, stderr: ADDED });
      t.match(await cluster.type(transcript, apply), { code: 0, stderr: ADDED });
      t.equal(await resourceVersion(), before, 'nothing was written');
      t.same(await cluster.stored(), stored);
      await transcript.matchesGolden(t, 'defaults-apply');
    },
  );

  await t.test('leaves kubectl diff nothing to print', async (t) => {
    await cluster.remove();
    await cluster.file('eni-config.yaml', manifest(written));
    await plane.shell('kubectl apply -f eni-config.yaml');
    const transcript = new Transcript();
    for (const line of [
      'kubectl diff -f eni-config.yaml',
      // As GitOps controllers compare: a forced server-side apply as a dry run.
      'kubectl diff --server-side --force-conflicts --field-manager=gitops -f eni-config.yaml',
    ]) {
      t.match(await cluster.type(transcript, line), { code: 0, stdout: '' }, line);
    }
    await transcript.matchesGolden(t, 'defaults-diff');

    const { data, metadata } = await storedObject();
    const lastApplied = metadata.annotations!['kubectl.kubernetes.io/last-applied-configuration'];
    const applied = JSON.parse(lastApplied!) as StoredObject;
    t.equal(applied.data['10-terway.conflist'], CHAIN, 'the annotation holds the text as written');
    t.equal(data['10-terway.conflist'], CHAIN_WITH_DEFAULT, 'the object holds the text as stored');
  });

  await t.test('has nothing to say once the default stands in the file', async (t) => {
    await cluster.remove();
    await cluster.file('eni-config.yaml', manifest(written));
    await plane.shell('kubectl apply -f eni-config.yaml');
    await cluster.file('eni-config.yaml', manifest(stored));
    const transcript = new Transcript();
    const apply = 'kubectl apply -f eni-config.yaml';
    const [first, second] = [
      await cluster.type(transcript, apply),
      await cluster.type(transcript, apply),
    ];
    t.match(first, { code: 0, stdout: 'configmap/eni-config configured\n', stderr: '' });
    t.match(second, { code: 0, stdout: 'configmap/eni-config unchanged\n', stderr: '' });
    t.same(await cluster.stored(), stored);
    await transcript.matchesGolden(t, 'defaults-in-the-file');
  });

  await t.test('leaves the chain to who applied it server-side', async (t) => {
    await cluster.remove();
    await cluster.file('eni-config.yaml', manifest(written));
    const transcript = new Transcript();
    const apply = 'kubectl apply --server-side --field-manager=gitops -f eni-config.yaml';
    t.match(await cluster.type(transcript, apply), { code: 0, stderr: ADDED });
    t.same(await cluster.stored(), stored);
    t.same(await owners(), ['gitops Apply'], 'the guard owns nothing');

    const before = await resourceVersion();
    t.match(await cluster.type(transcript, apply), { code: 0, stderr: ADDED });
    t.equal(await resourceVersion(), before, 'nothing was written');
    t.same(await owners(), ['gitops Apply']);
    await transcript.matchesGolden(t, 'defaults-apply-server-side');
  });

  await t.test('changes nothing of how two managers get along', async (t) => {
    await cluster.remove();
    const metadata = { name: 'eni-config', namespace: 'kube-system', labels: { team: 'network' } };
    const label = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    await cluster.file('eni-config.yaml', manifest(written));
    await cluster.file('label.json', JSON.stringify(label));
    await cluster.file('chain.yaml', manifest({ '10-terway.conflist': OTHER_CHAIN }));
    const transcript = new Transcript();
    const applyAs = async (manager: string, what: string) =>
      cluster.type(transcript, `kubectl apply --server-side --field-manager=${manager} ${what}`);

    t.match(await applyAs('gitops', '-f eni-config.yaml'), { code: 0 });
    t.match(await applyAs('team', '-f label.json'), { code: 0 });
    t.same(await owners(), ['gitops Apply'], 'a label takes nothing over');

    const conflict = (manager: string) =>
      new RegExp(`conflict with "${manager}".*: \\.data\\.10-terway\\.conflist`);
    t.match(await applyAs('team', '-f chain.yaml'), { code: 1, stderr: conflict('gitops') });
    t.same(await cluster.stored(), stored);

    t.match(await applyAs('team', '--force-conflicts -f chain.yaml'), { code: 0, stderr: ADDED });
    t.same(await cluster.stored(), withConflist(BASE_VENDOR, OTHER_CHAIN_WITH_DEFAULT));
    t.same(await owners(), ['team Apply']);

    t.match(await applyAs('gitops', '-f eni-config.yaml'), { code: 1, stderr: conflict('team') });
    t.match(await applyAs('gitops', '--force-conflicts -f eni-config.yaml'), { code: 0 });
    t.same(await cluster.stored(), stored);
    t.same(await owners(), ['gitops Apply']);
    await transcript.matchesGolden(t, 'defaults-two-managers');
  });

  await t.test(
    'makes a second manager of one text conflict, but not of the stored one',
    async (t) => {
      await cluster.remove();
      await cluster.file('written.yaml', manifest({ '10-terway.conflist': CHAIN }));
      await cluster.file('stored.yaml', manifest({ '10-terway.conflist': CHAIN_WITH_DEFAULT }));
      await cluster.file('eni-config.yaml', manifest(written));
      const transcript = new Transcript();
      const apply = 'kubectl apply --server-side --field-manager';
      t.match(await cluster.type(transcript, `${apply}=gitops -f eni-config.yaml`), { code: 0 });
      t.match(await cluster.type(transcript, `${apply}=team -f written.yaml`), { code: 1 });
      t.match(await cluster.type(transcript, `${apply}=team -f stored.yaml`), { code: 0 });
      t.same((await owners()).sort(), ['gitops Apply', 'team Apply']);
      await transcript.matchesGolden(t, 'defaults-same-text');
    },
  );

  await t.test("lets a person's edit take the chain over, as without it", async (t) => {
    await cluster.remove();
    await cluster.file('eni-config.yaml', manifest(written));
    const transcript = new Transcript();
    const apply = 'kubectl apply --server-side --field-manager=gitops -f eni-config.yaml';
    await cluster.type(transcript, apply);
    const addSnat: EditStep = (opened) =>
      replaceIn(opened, '"type": "portmap",', '"type": "portmap",\n          "snat": true,');
    t.match(await cluster.edit(transcript, [addSnat]), { code: 0 });
    t.same(await owners(), ['kubectl-edit Update']);
    t.match(await cluster.type(transcript, apply), { code: 1, stderr: /with "kubectl-edit"/ });
    await transcript.matchesGolden(t, 'defaults-taken-over');
  });

  await t.test('leaves a chain alone that the write leaves alone', async (t) => {
    await cluster.store(written);
    const lines = [
      `kubectl label ${TARGET} team=network`,
      `kubectl patch ${TARGET} -p '{"data": {"in_cluster_loadbalance": "false"}}'`,
      `kubectl annotate ${TARGET} ticket=4711`,
    ];
    for (const line of lines) {
      const { code, stderr } = await plane.shell(line);
      t.equal(code, 0, line);
      t.notMatch(stderr, ADDED);
    }
    t.same(await cluster.stored(), { ...written, in_cluster_loadbalance: 'false' });
  });

  await t.test('adds nothing for which the ConfigMap has no room', async (t) => {
    await cluster.remove();
    const size = Object.values(written).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const full = { ...written, notes: 'x'.repeat(1024 * 1024 - size) };
    await cluster.file('full.yaml', manifest(full));
    const output = await plane.shell('kubectl apply --server-side -f full.yaml');
    t.equal(output.code, 0, output.stderr);
    t.equal((await cluster.stored())?.['10-terway.conflist'], CHAIN);
  });

  await t.test('suggests the text to add when it may not add it', async (t) => {
    const suggesting = await startGuard({ facts, defaults: { mode: 'suggest' } });
    t.teardown(() => suggesting.stop());
    await cluster.register(suggesting);
    t.teardown(() => cluster.register(guard));
    await cluster.store(BASE_VENDOR);
    const transcript = new Transcript();

    const edit = await cluster.edit(transcript, [pasteConflist(CHAIN)]);
    const suggestion = /^Warning: eni-config-guard suggests (.*) in plugins\[1\] \(portmap\): /m;
    t.match(edit, { code: 0, stderr: suggestion });
    t.same(await cluster.stored(), written, 'what was written is what is stored');

    const [, member = ''] = suggestion.exec(edit.stderr) ?? [];
    const heed: EditStep = (opened) =>
      replaceIn(opened, '"type": "portmap",', `"type": "portmap",\n          ${member},`);
    const next = await cluster.edit(transcript, [heed]);
    t.equal(next.code, 0);
    t.notMatch(next.stderr, suggestion);
    const { plugins } = JSON.parse((await cluster.stored())!['10-terway.conflist']!) as {
      plugins: object[];
    };
    t.same(plugins, [VENDOR_CONF, { ...PORTMAP, ...MARKING }]);
    await transcript.matchesGolden(t, 'defaults-suggest');
  });
});

import { t } from 'tap';

import {
  BASE_DATAPATH_V2,
  BASE_VENDOR,
  BASE_VETH,
  DATAPATH_V2_CONF,
  PORTMAP,
  VENDOR_CHAINS,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { pasteConflist } from './edit-steps.ts';
import { startGuard } from './guard.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { WEBHOOK_NAMES } from './webhooks.ts';

const EVENT_TIMEOUT_MS = 5_000;
const BREAK_GLASS = 'break-glass@example.com';

t.test('the guard lets through', async (t) => {
  const cluster = await startGuardedCluster({
    facts: {
      terwayVersion: '1.15.2',
      pluginVersions: { portmap: '1.7.1' },
      kubeProxyMode: 'ipvs',
    },
    exempt: { users: [BREAK_GLASS] },
  });
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;

  const ignorant = await startGuard();
  t.teardown(() => ignorant.stop());
  const guards = { 'of a cluster it knows': guard, 'of a cluster it knows nothing of': ignorant };
  for (const [knowledge, examined] of Object.entries(guards)) {
    await t.test(`the vendor's examples as they stand, ${knowledge}`, async (t) => {
      await cluster.register(examined);
      const transcript = new Transcript();
      for (const [name, chain] of Object.entries(VENDOR_CHAINS)) {
        await cluster.store(BASE_VENDOR);
        const edit = await cluster.edit(transcript, [pasteConflist(chain)]);
        t.match(edit, { code: 0, stdout: 'configmap/eni-config edited\n' }, name);
        t.same(await cluster.stored(), withConflist(BASE_VENDOR, chain));
      }
      const golden = examined === guard ? 'facts-known' : 'nothing-known';
      await transcript.matchesGolden(t, `vendor-examples-${golden}`);
      await cluster.register(guard);
    });
  }

  await t.test('a label on an object broken before, naming what is', async (t) => {
    const first = { ...DATAPATH_V2_CONF, cilium_args: undefined };
    const chain = conflist([first, { ...PORTMAP, type: 'portmapp' }]);
    const broken = withConflist(BASE_DATAPATH_V2, chain);
    await cluster.store(broken);
    const transcript = new Transcript();
    const target = 'cm eni-config -n kube-system';
    const label = await cluster.type(transcript, `kubectl label ${target} team=network`);
    const note = await cluster.type(transcript, `kubectl annotate ${target} ticket=4711`);
    t.match([label, note], [{ code: 0 }, { code: 0 }]);
    t.same(await cluster.stored(), broken);
    await transcript.matchesGolden(t, 'broken-before');
  });

  await t.test('the checks before a change: diff and dry run, which change nothing', async (t) => {
    await cluster.store(BASE_VETH);
    const chain = conflist([VETH_CONF, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }]);
    await cluster.file('eni-config.yaml', manifest(withConflist(BASE_VETH, chain)));
    const transcript = new Transcript();
    const check = 'kubectl diff --server-side -f eni-config.yaml';
    t.match(await cluster.type(transcript, check), { code: 1 }, 'diff found a difference');
    const dryRun = 'kubectl apply --server-side --dry-run=server -f eni-config.yaml';
    t.match(await cluster.type(transcript, dryRun), { code: 0 });
    t.same(await cluster.stored(), BASE_VETH);
    await transcript.matchesGolden(t, 'checked-before');
  });

  await t.test('what an exempt user does, with warnings, and of no other user', async (t) => {
    await cluster.store(BASE_VETH);
    const conf = BASE_VETH['10-terway.conf']!.replace('"iptables"', '"ebpf"');
    await cluster.file('conf.json', JSON.stringify({ data: { '10-terway.conf': conf } }));
    const transcript = new Transcript();
    const outputs = [];
    for (const user of ['ann@example.com', BREAK_GLASS]) {
      const kubeconfig = await plane.kubeconfigFor(user, ['system:masters']);
      for (const line of [
        'kubectl auth whoami -o jsonpath={.status.userInfo.username}',
        'kubectl patch cm eni-config -n kube-system --patch-file conf.json',
      ]) {
        outputs.push(await cluster.type(transcript, line, { kubeconfig }));
      }
    }
    t.match(outputs, [{ code: 0 }, { code: 1 }, { code: 0 }, { code: 0 }]);
    t.same(await cluster.stored(), { ...BASE_VETH, '10-terway.conf': conf });
    await transcript.matchesGolden(t, 'exempt-user');

    const event = await waitFor('the audit event of the exempt user', EVENT_TIMEOUT_MS, async () =>
      (await plane.auditEvents()).find(
        ({ verb, user }) => verb === 'patch' && user.username === BREAK_GLASS,
      ),
    );
    t.match(event.annotations, {
      [`${WEBHOOK_NAMES.validate}/verdict`]: 'allow',
      [`${WEBHOOK_NAMES.validate}/rules`]: 'conf-changed',
      [`${WEBHOOK_NAMES.validate}/exemption`]: `user ${BREAK_GLASS}`,
    });
  });
});

import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';

import { findOrBuildPlugins } from '../support/plugin-binaries.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { manifest } from './guarded-cluster.ts';
import { startLab } from './lab/lab.ts';
import { NODE_ADDRESSES, enterLabNetwork } from './lab/network.ts';
import { nodeFolder } from './lab/pod.ts';
import { helm, install, storeUnguarded } from './lab/release.ts';

t.setTimeout(200_000);
// Whatever has to be fetched to build them can't be fetched from the lab's network.
const NEW = await findOrBuildPlugins('1.9.1');
const OLD = await findOrBuildPlugins('1.5.1');
await enterLabNetwork();

const OLD_NODE = 'node-4';

t.test('what the node probe of the chart finds out decides', async (t) => {
  const lab = await startLab();
  t.teardown(() => lab.stop());
  const { plane } = lab;
  for (const node of Object.keys(NODE_ADDRESSES)) {
    const folder = join(nodeFolder(plane, node), 'opt/cni/bin');
    await mkdir(folder, { recursive: true });
    await cp(node === OLD_NODE ? OLD : NEW, folder, { recursive: true });
  }
  await storeUnguarded(lab);
  const chain = conflist([VETH_CONF, { ...PORTMAP, masqAll: true }]);
  await writeFile(join(plane.dir, 'masq-all.yaml'), manifest(withConflist(BASE_VETH, chain)));
  await install(lab, { config: { facts: { refreshSeconds: 10 } } });
  const line = 'kubectl apply --dry-run=server -f masq-all.yaml';

  await t.test('a node with an old portmap is named, and its version', async (t) => {
    await waitFor('the probes to be known', 60_000, async () =>
      (await plane.shell(line)).code === 1 ? true : undefined,
    );
    const transcript = new Transcript();
    const output = await plane.shell(line);
    transcript.add(line, output);
    t.match(output.stderr, new RegExp(OLD_NODE));
    t.match(output.stderr, /1\.5\.1/);
    await transcript.matchesGolden(t, 'probed-old-portmap');
  });

  await t.test('once the node has a new one and is probed again, it is accepted', async (t) => {
    await cp(NEW, join(nodeFolder(plane, OLD_NODE), 'opt/cni/bin'), {
      recursive: true,
      force: true,
    });
    const probes = ['daemonset/eni-config-guard-node-probe', '-n', 'kube-system'];
    t.equal((await plane.kubectl(['rollout', 'restart', ...probes])).code, 0);
    await waitFor('the new probes to be known', 60_000, async () =>
      (await plane.shell(line)).code === 0 ? true : undefined,
    );
    t.match(await helm(lab, ['status', 'eni-config-guard']), /deployed/);
  });
});

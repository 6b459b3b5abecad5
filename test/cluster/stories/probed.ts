import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { findOrBuildPlugins } from '../../support/plugin-binaries.ts';
import { LAB_RELEASE } from '../../support/plugin-releases.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { waitFor } from '../../support/wait.ts';
import { manifest } from '../guarded-cluster.ts';
import { helm, install } from '../lab/release.ts';

const OLD_NODE = 'n3';

/** What the node probe of the chart finds out decides. */
export async function nodesAreProbed(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const oldNode = lab.worker(OLD_NODE);
  await oldNode.installPlugins([await findOrBuildPlugins('1.5.1')]);
  const chain = conflist([VETH_CONF, { ...PORTMAP, masqAll: true }]);
  await writeFile(join(plane.dir, 'masq-all.yaml'), manifest(withConflist(BASE_VETH, chain)));
  await install(lab, { config: { facts: { refreshSeconds: 10 } } });
  const line = 'kubectl apply --dry-run=server -f masq-all.yaml';

  await t.test('a node with an old portmap is named, and its version', async (t) => {
    // The first results refuse already, with nodes that are still unknown.
    const output = await waitFor('all probes to be known', 60_000, async () => {
      const output = await plane.shell(line);
      return output.stderr.includes('1 of 3 nodes runs') && !output.stderr.includes('not known')
        ? output
        : undefined;
    });
    const transcript = new Transcript();
    transcript.add(line, output);
    t.match(output.stderr, new RegExp(OLD_NODE));
    t.match(output.stderr, /1\.5\.1/);
    await transcript.matchesGolden(t, 'probed-old-portmap');
  });

  await t.test('once the node has a new one and is probed again, it is accepted', async (t) => {
    await oldNode.installPlugins([await findOrBuildPlugins(LAB_RELEASE)]);
    const probes = ['daemonset/eni-config-guard-node-probe', '-n', 'kube-system'];
    t.equal((await plane.kubectl(['rollout', 'restart', ...probes])).code, 0);
    await waitFor('the new probes to be known', 60_000, async () =>
      (await plane.shell(line)).code === 0 ? true : undefined,
    );
    t.match(await helm(lab, ['status', 'eni-config-guard']), /deployed/);
  });
}

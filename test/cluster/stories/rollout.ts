import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { waitFor } from '../../support/wait.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { manifest } from '../guarded-cluster.ts';
import { ask, list } from '../lab/api.ts';
import { BUSYBOX_IMAGE } from '../lab/busybox-image.ts';
import type { Lab } from '../lab/lab.ts';
import { type Pod, isReady } from '../lab/objects.ts';
import { install, storeUnguarded, untilArmed } from '../lab/release.ts';
import { PATH_WITH_PROGRAM, installProgram } from '../own-program.ts';
import { steadyRollout } from './rollout-output.ts';

const TERWAY = ['-n', 'kube-system', 'daemonset/terway-eniip'];
const ports = { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' };
const GOOD = withConflist(BASE_VETH, conflist([VETH_CONF, ports]));
/** Pods have no eth1. A sysctl of an interface that may exist is nothing to refuse. */
const SLIP = { type: 'tuning', sysctl: { 'net.ipv4.conf.eth1.rp_filter': '2' } };
const BAD = withConflist(BASE_VETH, conflist([VETH_CONF, SLIP, ports]));

/**
 * A chain that fails every new pod gets past the guard, which can't know it. Rolled out, it harms one node of
 * three; the way back mends that one.
 */
export async function badChainIsRolledOut(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await installProgram(plane);
  await storeUnguarded(lab, GOOD);
  await plane.kubectl(['rollout', 'restart', ...TERWAY]);
  await install(lab);
  await untilArmed(lab);
  await waitFor('the guard to keep what is stored', 30_000, async () => {
    const args = ['history', '--output', 'json', '--kubeconfig', plane.kubeconfig];
    const { stdout } = await plane.shell(`./eni-config-guard ${args.join(' ')}`);
    return stdout.includes('"number": 1') ? true : undefined;
  });
  await plane.kubectl(['rollout', 'status', ...TERWAY, '--timeout=90s']);
  await writeFile(join(plane.dir, 'bad.yaml'), manifest(BAD));
  const before = await terwayPods(lab);

  let transcript = new Transcript();
  const type = async (line: string, code: number) => {
    const output = await plane.shell(line, { env: { PATH: PATH_WITH_PROGRAM(plane) } });
    transcript.add(line, { ...output, stdout: steadyRollout(output.stdout) });
    t.equal(output.code, code, `${line}: ${output.stdout}${output.stderr}`);
  };
  await type('kubectl replace -f bad.yaml', 0);
  await type('eni-config-guard rollout --dry-run --output text', 0);
  await type('eni-config-guard rollout --yes --output text', 1);
  await transcript.matchesGolden(t, 'rollout-harms-one');

  const after = await terwayPods(lab);
  const restarted = [...after].filter(([node, uid]) => before.get(node) !== uid);
  t.same(
    restarted.map(([node]) => node),
    ['n1'],
    'one node has another Terway pod',
  );
  const runs = await Promise.all(['n1', 'n2', 'n3'].map(async (node) => runsNewPods(lab, node)));
  t.same(runs, [false, true, true], 'one node of three is harmed');
  await nothingIsLeft(t, lab);

  transcript = new Transcript();
  await type('eni-config-guard rollout --rollback --yes --output text', 0);
  await transcript.matchesGolden(t, 'rollout-goes-back');
  const mended = await terwayPods(lab);
  const again = [...mended].filter(([node, uid]) => after.get(node) !== uid);
  t.same(
    again.map(([node]) => node),
    ['n1'],
    'the harmed node alone has another Terway pod',
  );
  t.ok(await runsNewPods(lab, 'n1'), 'it runs new pods again');
  await nothingIsLeft(t, lab);
}

async function terwayPods({ plane }: Lab): Promise<ReadonlyMap<string, string>> {
  const path = '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dterway-eniip';
  const pods = await list<Pod>(plane, path);
  return new Map(pods.map(({ spec, metadata }) => [spec?.nodeName ?? '', metadata?.uid ?? '']));
}

/** Whether a pod that is made on a node runs: what becomes of it is known when it does, or fails. */
async function runsNewPods({ plane }: Lab, node: string): Promise<boolean> {
  const name = `try-${node}`;
  const path = '/api/v1/namespaces/default/pods';
  const container = { name: 'rest', image: BUSYBOX_IMAGE, command: ['sleep', '3600'] };
  const { metadata } = await ask<Pod>(plane, 'POST', path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers: [container] },
  });
  try {
    return await waitFor(`${name} to run or to fail`, 60_000, async () => {
      if (isReady(await ask<Pod>(plane, 'GET', `${path}/${name}`))) return true;
      // By its uid: there are Events of a former pod of this name.
      const uid = metadata?.uid ?? '';
      const own = `fieldSelector=involvedObject.uid%3D${uid},reason%3DFailedCreatePodSandBox`;
      const events = await list(plane, `/api/v1/namespaces/default/events?${own}`);
      return events.length > 0 ? false : undefined;
    });
  } finally {
    await ask(plane, 'DELETE', `${path}/${name}?gracePeriodSeconds=0`);
  }
}

async function nothingIsLeft(t: Test, { plane }: Lab): Promise<void> {
  const own = ['-A', '-oname', '-lapp.kubernetes.io/name=eni-config-guard-rollout'];
  const { stdout } = await plane.kubectl(['get', 'pods', ...own]);
  t.equal(stdout, '', 'no pod of a check is left');
}

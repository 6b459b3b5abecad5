import { t } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { daemonSet } from '../cluster-contents.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { startCrowd } from '../kwok/crowd.ts';
import { podStage } from '../kwok/stages.ts';
import { ask, list } from '../lab/api.ts';
import type { Pod } from '../lab/objects.ts';
import { PATH_WITH_PROGRAM, installProgram } from '../own-program.ts';
import { rolloutUser } from '../rollout-user.ts';
import { writeHistory } from '../written-history.ts';
import { steadyRollout } from './rollout-output.ts';

t.setTimeout(25 * 60_000);

const NODES = 1000;
/** In the ninth wave, which begins at n0164. */
const HARMED = 'n0200';
const TERWAY = '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dterway-eniip';

/** The pods of the checks connect to nothing here: the one that is to connect just ends well. */
const CONNECTED = podStage(
  'check-connects',
  [
    { key: '.metadata.labels["app.kubernetes.io/component"]', operator: 'In', values: ['check'] },
    { key: '.spec.hostNetwork', operator: 'In', values: ['true'] },
  ],
  { phase: 'Succeeded' },
);

/** Terway's next pod on this node fails in its init container again and again. */
const failingOn = (node: string) =>
  podStage(
    'terway-fails',
    [
      { key: '.metadata.labels["app"]', operator: 'In', values: ['terway-eniip'] },
      { key: '.spec.nodeName', operator: 'In', values: [node] },
    ],
    {
      // kwok goes on with pods that are pending.
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      initContainerStatuses: [
        {
          name: 'terway-init',
          image: 'terway:v1.15.2',
          imageID: '',
          ready: false,
          restartCount: 3,
          state: {
            waiting: {
              reason: 'CrashLoopBackOff',
              message: 'back-off 40s restarting failed container',
            },
          },
          lastState: { terminated: { exitCode: 1, message: 'exec terway-cli: type not found' } },
        },
      ],
    },
  );

t.test('on 1000 nodes the plan, the waves and the stop are right', async (t) => {
  const crowd = await startCrowd();
  t.teardown(() => crowd.stop());
  const { plane } = crowd;
  await installProgram(plane);
  await store(plane, 'POST', '', BASE_VETH);
  await ask(plane, 'POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', terway());
  await crowd.addNodes(NODES);
  await crowd.untilReady('terway-eniip', NODES);
  await store(plane, 'PUT', '/eni-config', withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));
  await crowd.play([CONNECTED, failingOn(HARMED)]);
  const before = await list<Pod>(plane, TERWAY);

  const transcript = new Transcript();
  const kubeconfig = await rolloutUser(plane);
  const options = { env: { PATH: PATH_WITH_PROGRAM(plane) }, kubeconfig };
  const flags = '--max-unavailable 50 --output text';
  const planned = await plane.shell(`eni-config-guard rollout --dry-run ${flags}`, options);
  transcript.add(`eni-config-guard rollout --dry-run ${flags}`, planned);
  t.equal(planned.code, 0, planned.stderr);
  const run = await plane.shell(`eni-config-guard rollout --yes --image guard:1 ${flags}`, options);
  t.equal(run.code, 1, run.stderr);
  const stdout = steadyRollout(run.stdout);
  transcript.add(`eni-config-guard rollout --yes --image guard:1 ${flags}`, { ...run, stdout });
  await transcript.matchesGolden(t, 'rollout-thousand');

  const after = await list<Pod>(plane, TERWAY);
  const kept = new Set(before.map(({ metadata }) => metadata?.uid));
  const restarted = after.filter(({ metadata }) => !kept.has(metadata?.uid));
  // 1 + 2 + 4 + 8 + 16 + 32 + 50 + 50, and the wave that holds the harmed node.
  t.equal(restarted.length, 213);
  const last = restarted
    .map(({ spec }) => spec?.nodeName ?? '')
    .sort()
    .at(-1);
  t.equal(last, 'n0213');
  t.equal(after.length, NODES);
  t.equal(await checkPods(plane), '', 'no pod of a check is left');
});

t.test('the way back needs the rights that its page names', async (t) => {
  const crowd = await startCrowd();
  t.teardown(() => crowd.stop());
  const { plane } = crowd;
  await installProgram(plane);
  const bad = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
  await store(plane, 'POST', '', BASE_VETH);
  await ask(plane, 'POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', terway());
  await crowd.addNodes(4);
  await crowd.untilReady('terway-eniip', 4);
  await store(plane, 'PUT', '/eni-config', bad);
  await writeHistory(plane, [
    [new Date(Date.now() - 600_000), BASE_VETH],
    [new Date(), bad],
  ]);
  await crowd.play([CONNECTED, failingOn('n0002')]);

  const kubeconfig = await rolloutUser(plane);
  const options = { env: { PATH: PATH_WITH_PROGRAM(plane) }, kubeconfig };
  const flags = '--yes --image guard:1 --output text';
  const run = await plane.shell(`eni-config-guard rollout ${flags}`, options);
  t.match(run, { code: 1, stdout: /^n0002 is harmed; failed: Terway's pod is ready/m }, run.stderr);
  t.match(run.stdout, 'eni-config-guard rollout --rollback');
  const harmed = await list<Pod>(plane, TERWAY);

  await crowd.play([CONNECTED]);
  const back = await plane.shell(`eni-config-guard rollout --rollback ${flags}`, options);
  t.match(back, { code: 0, stderr: '', stdout: /^done: 1 node well$/m }, back.stdout);
  const { data } = await ask<{ data: object }>(plane, 'GET', `${CONFIG_MAPS}/eni-config`);
  t.same(data, BASE_VETH);
  const kept = new Set(harmed.map(({ metadata }) => metadata?.uid));
  const restarted = (await list<Pod>(plane, TERWAY)).filter(
    ({ metadata }) => !kept.has(metadata?.uid),
  );
  t.same(
    restarted.map(({ spec }) => spec?.nodeName),
    ['n0002'],
  );
  t.equal(await checkPods(plane), '', 'no pod of a check is left');
});

const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

async function store(plane: ControlPlane, method: string, path: string, data: object) {
  await ask(plane, method, `${CONFIG_MAPS}${path}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'eni-config', namespace: 'kube-system' },
    data,
  });
}

/** What is left of the checks' pods. */
async function checkPods(plane: ControlPlane): Promise<string> {
  const own = ['-A', '-oname', '-lapp.kubernetes.io/component=check'];
  return (await plane.kubectl(['get', 'pods', ...own])).stdout;
}

function terway() {
  const image = 'registry.example.com/acs/terway:v1.15.2';
  const set = daemonSet('terway-eniip', {
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 0,
    initContainers: [{ name: 'terway-init', image }],
    containers: [{ name: 'terway', image }],
  });
  return set;
}

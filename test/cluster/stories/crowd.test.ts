import { t } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { startCrowd } from '../kwok/crowd.ts';
import {
  CONNECTED,
  DAEMON_SETS,
  TERWAY_PODS,
  checkPods,
  failingOn,
  store,
  stored,
  terway,
} from '../kwok/terway.ts';
import { ask, list } from '../lab/api.ts';
import type { Pod } from '../lab/objects.ts';
import { PATH_WITH_PROGRAM, installProgram } from '../own-program.ts';
import { pageUser } from '../page-user.ts';
import { writeHistory } from '../written-history.ts';
import { steadyRollout } from './rollout-output.ts';

t.setTimeout(25 * 60_000);

const NODES = 1000;
/** In the ninth wave, which begins at n0164. */
const HARMED = 'n0200';

t.test('on 1000 nodes the plan, the waves and the stop are right', async (t) => {
  const crowd = await startCrowd();
  t.teardown(() => crowd.stop());
  const { plane } = crowd;
  await installProgram(plane);
  await store(plane, 'POST', '', BASE_VETH);
  await ask(plane, 'POST', DAEMON_SETS, terway());
  await crowd.addNodes(NODES);
  await crowd.untilReady('terway-eniip', NODES);
  await store(plane, 'PUT', '/eni-config', withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));
  await crowd.play([CONNECTED, failingOn(HARMED)]);
  const before = await list<Pod>(plane, TERWAY_PODS);

  const transcript = new Transcript();
  const kubeconfig = await pageUser(plane, 'rollout-user', { page: 'rollout' });
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

  const after = await list<Pod>(plane, TERWAY_PODS);
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
  await ask(plane, 'POST', DAEMON_SETS, terway());
  await crowd.addNodes(4);
  await crowd.untilReady('terway-eniip', 4);
  await store(plane, 'PUT', '/eni-config', bad);
  await writeHistory(plane, [
    [new Date(Date.now() - 600_000), BASE_VETH],
    [new Date(), bad],
  ]);
  await crowd.play([CONNECTED, failingOn('n0002')]);

  const kubeconfig = await pageUser(plane, 'rollout-user', { page: 'rollout' });
  const options = { env: { PATH: PATH_WITH_PROGRAM(plane) }, kubeconfig };
  const flags = '--yes --image guard:1 --output text';
  const run = await plane.shell(`eni-config-guard rollout ${flags}`, options);
  t.match(run, { code: 1, stdout: /^n0002 is harmed; failed: Terway's pod is ready/m }, run.stderr);
  t.match(run.stdout, 'eni-config-guard rollout --rollback');
  const harmed = await list<Pod>(plane, TERWAY_PODS);

  await crowd.play([CONNECTED]);
  const back = await plane.shell(`eni-config-guard rollout --rollback ${flags}`, options);
  t.match(back, { code: 0, stderr: '', stdout: /^done: 1 node well$/m }, back.stdout);
  t.same(await stored(plane), BASE_VETH);
  const kept = new Set(harmed.map(({ metadata }) => metadata?.uid));
  const restarted = (await list<Pod>(plane, TERWAY_PODS)).filter(
    ({ metadata }) => !kept.has(metadata?.uid),
  );
  t.same(
    restarted.map(({ spec }) => spec?.nodeName),
    ['n0002'],
  );
  t.equal(await checkPods(plane), '', 'no pod of a check is left');
});

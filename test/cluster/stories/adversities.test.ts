import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, t } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { waitFor } from '../../support/wait.ts';
import { startCrowd } from '../kwok/crowd.ts';
import {
  CONNECTED,
  DAEMON_SETS,
  TERWAY_PODS,
  checkPods,
  heldOn,
  readyStatus,
  startedAt,
  store,
  terway,
} from '../kwok/terway.ts';
import { ask, list } from '../lab/api.ts';
import { type Pod, isReady } from '../lab/objects.ts';
import { PATH_WITH_PROGRAM, installProgram } from '../own-program.ts';
import { pageUser } from '../page-user.ts';
import { writeHistory } from '../written-history.ts';

t.setTimeout(15 * 60_000);

/** What may go on beside a rollout, on a real API server with nodes that kwok plays. */

const HOUR = 3_600_000;
const PATIENCE_MS = 60_000;
const NODES = 6;
const CHAIN = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const ago = (hours: number) => new Date(Date.now() - hours * HOUR);
const PODS = '/api/v1/namespaces/kube-system/pods';
const MERGE = 'application/merge-patch+json';

const LABELS_OF_CHECKS = {
  'app.kubernetes.io/name': 'eni-config-guard-rollout',
  'app.kubernetes.io/component': 'check',
};

const crowd = await startCrowd();
t.teardown(() => crowd.stop());
const { plane } = crowd;
await installProgram(plane);
await store(plane, 'POST', '', CHAIN);
await writeHistory(plane, [
  [ago(3), BASE_VETH],
  [ago(1), CHAIN],
]);
await ask(plane, 'POST', DAEMON_SETS, terway());
await crowd.addNodes(NODES);
const kubeconfig = await pageUser(plane, 'rollout-user', { page: 'rollout' });
const env = { PATH: PATH_WITH_PROGRAM(plane) };

const FLAGS = '--yes --image guard:1 --output text --max-unavailable 2';
let runs = 0;

/** Starts a rollout. */
function rollOut() {
  runs += 1;
  const [pidFile, outFile] = [`rollout-${runs}.pid`, `rollout-${runs}.txt`];
  const line = `echo $$ >${pidFile}; exec eni-config-guard rollout ${FLAGS} >${outFile}`;
  const read = async (file: string) => readFile(join(plane.dir, file), 'utf8');
  const told = async () => read(outFile);
  const run = async () => {
    const { code, stderr } = await plane.shell(line, { env, kubeconfig });
    return { code, stderr, stdout: await told() };
  };
  return {
    done: run(),
    /** What it has said so far. */
    told,
    interrupt: async () => process.kill(Number(await read(pidFile)), 'SIGINT'),
  };
}

const terwayPods = async () => list<Pod>(plane, TERWAY_PODS);
const podOf = async (node: string) =>
  (await terwayPods()).find(({ spec }) => spec?.nodeName === node);

/** Every node runs the chain of two hours ago; Terway's next pod on the node `held` is not ready. */
async function begin(held?: string): Promise<void> {
  const before = new Set((await terwayPods()).map(({ metadata }) => metadata?.uid));
  await crowd.play([CONNECTED, startedAt(ago(2))]);
  await ask(plane, 'DELETE', TERWAY_PODS);
  const nodes = (await list(plane, '/api/v1/nodes')).length;
  await waitFor('Terway on every node', PATIENCE_MS, async () => {
    const pods = await terwayPods();
    const isNew = pods.every((pod) => isReady(pod) && !before.has(pod.metadata?.uid));
    return isNew && pods.length === nodes ? true : undefined;
  });
  await crowd.play([CONNECTED, ...(held === undefined ? [] : [heldOn(held)])]);
}

/** Resolves when the rollout has come to this node and waits for it. */
const untilHeld = async (node: string) =>
  waitFor(`the rollout to wait for ${node}`, PATIENCE_MS, async () => {
    const pod = await podOf(node);
    return pod?.status?.initContainerStatuses?.[0]?.state?.running ? pod : undefined;
  });

const untilTold = async ({ told }: ReturnType<typeof rollOut>, words: string) =>
  waitFor(`the rollout to say ${words}`, PATIENCE_MS, async () =>
    (await told()).includes(words) ? true : undefined,
  );

async function release(node: string): Promise<void> {
  const name = (await podOf(node))?.metadata?.name ?? '';
  await ask(plane, 'PATCH', `${PODS}/${name}/status`, { status: readyStatus(new Date()) }, MERGE);
}

function scene(name: string, work: (t: Test) => Promise<void>): void {
  t.test(name, async (t) => {
    await work(t);
    t.equal(await checkPods(plane), '', 'no pod of a check is left');
  });
}

scene('the API server is away for twenty seconds', async (t) => {
  await begin('n0002');
  const { done } = rollOut();
  await untilHeld('n0002');
  await plane.stopApiServer();
  await sleep(20_000);
  await plane.startApiServer();
  await release('n0002');
  t.match(await done, { code: 0, stdout: /^done: 6 nodes well$/m });
});

scene('another rollout begins', async (t) => {
  await begin('n0001');
  const first = rollOut();
  await untilHeld('n0001');
  const second = await rollOut().done;
  t.match(second, { code: 1, stdout: /^refused: n0001 runs the stored chain or tries to/m });
  const foreign = { name: 'foreign', labels: LABELS_OF_CHECKS };
  const container = { name: 'check', image: 'guard:1' };
  const pod = { metadata: foreign, spec: { nodeName: 'n0006', containers: [container] } };
  await ask(plane, 'POST', PODS, { apiVersion: 'v1', kind: 'Pod', ...pod });
  await release('n0001');
  const stopped = /^stopped: pods of checks are there already \(foreign\).* 1 node well/m;
  t.match(await first.done, { code: 1, stdout: stopped });
  const cleaned = await plane.shell('eni-config-guard rollout --clean-up', { env, kubeconfig });
  t.match(cleaned, { code: 0, stdout: '1 pod of checks removed from kube-system\n' });
});

scene('eni-config is changed', async (t) => {
  await begin('n0002');
  const { done } = rollOut();
  await untilHeld('n0002');
  await store(plane, 'PUT', '/eni-config', BASE_VETH);
  await release('n0002');
  const stopped = /^stopped: eni-config has changed since .*; 3 nodes well, 3 nodes not touched$/m;
  t.match(await done, { code: 1, stdout: stopped });
  await store(plane, 'PUT', '/eni-config', CHAIN);
});

scene('it is interrupted, called again, and interrupted twice', async (t) => {
  await begin('n0002');
  const once = rollOut();
  await untilHeld('n0002');
  await once.interrupt();
  await untilTold(once, 'interrupted: ');
  await release('n0002');
  const output = await once.done;
  t.match(output, { code: 1, stdout: /^interrupted: 3 nodes well, 3 nodes not touched$/m });
  t.match(output.stdout, /^interrupted: n0002.* will be checked before it ends; a second signal/m);
  t.match(output.stdout, /^to go on: eni-config-guard rollout$/m);

  await crowd.play([CONNECTED, heldOn('n0005')]);
  const again = rollOut();
  await untilHeld('n0005');
  await again.interrupt();
  await untilTold(again, 'interrupted: ');
  await again.interrupt();
  const twice = await again.done;
  t.match(twice, { code: 1, stdout: /^not checked any more: n0005/m }, twice.stdout);
  t.match(twice.stdout, /^ {2}looked at first: n000[123]$/m, 'nodes that are done are passed over');
});

scene('DaemonSet and nodes', async (t) => {
  await begin('n0002');
  const change = { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } };
  const patch = { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } };
  await ask(
    plane,
    'PATCH',
    `${DAEMON_SETS}/terway-eniip`,
    { spec: { ...patch.spec, ...change.spec } },
    MERGE,
  );
  t.match(await rollOut().done, { code: 1, stdout: /^refused: .*OnDelete.* replaced first$/m });
  const annotations = { changed: null };
  await ask(
    plane,
    'PATCH',
    `${DAEMON_SETS}/terway-eniip`,
    { spec: { template: { metadata: { annotations } } } },
    MERGE,
  );
  await waitFor('the DaemonSet to be settled', PATIENCE_MS, async () => {
    const { stdout } = await plane.shell('eni-config-guard rollout --dry-run --output text', {
      env,
    });
    return stdout.startsWith('6 nodes to restart') ? true : undefined;
  });

  const { done } = rollOut();
  await untilHeld('n0002');
  await ask(plane, 'DELETE', '/api/v1/nodes/n0002');
  // As the collector of pods whose node is gone does.
  const name = (await podOf('n0002'))?.metadata?.name ?? '';
  await ask(plane, 'DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
  const output = await done;
  t.match(output, { code: 0, stdout: /^ {2}n0002: was deleted meanwhile$/m }, output.stdout);
  t.match(output.stdout, /^done: 5 nodes well, 1 node deleted meanwhile$/m);

  await begin('n0003');
  const last = rollOut();
  await untilHeld('n0003');
  await ask(plane, 'DELETE', `${DAEMON_SETS}/terway-eniip`);
  await release('n0003');
  const gone =
    /^stopped: DaemonSet terway-eniip is gone since .*; 3 nodes well, 2 nodes not touched$/m;
  t.match(await last.done, { code: 1, stdout: gone });
  t.match(await rollOut().done, { code: 1, stdout: /^refused: there is nothing to roll out/m });
});

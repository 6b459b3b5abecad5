import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { install } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import type { Worker } from '../lab/worker.ts';

/** containerd writes what containers print below it; the kubelet removes what it does not know in pods/. */
const LOGS = '/var/log';
const FILLER = `${LOGS}/filler`;

/** The disk that nodes keep the guard's log on is full, and has room again. */
export async function logDiskIsFull(t: Test, lab: Lab): Promise<void> {
  const { plane, workers } = lab;
  for (const worker of workers) {
    await onNode(worker, 'mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', LOGS);
  }
  t.teardown(async () => {
    for (const worker of workers) await onNode(worker, 'umount', '--lazy', LOGS);
  });
  await install(lab);
  const [pod] = await lab.pods('webhook');
  const name = pod?.metadata?.name ?? '';

  for (const worker of workers) {
    const { code } = await worker.node.run('dd', ['if=/dev/zero', `of=${FILLER}`, 'bs=4k']);
    t.not(code, 0, `the disk of ${worker.name} is full`);
  }
  const stream = await ReviewStream.start(t, plane);
  // What there was of room in the last page of the log.
  await stream.flow(500);
  const full = await lab.log(name);
  await stream.flow(500);
  t.equal(await lab.log(name), full, 'no line of the log is added');

  for (const worker of workers) await onNode(worker, 'rm', FILLER);
  await waitFor('the log to go on', 60_000, async () =>
    (await lab.log(name)).length > full.length ? true : undefined,
  );
  const { answered, ...rest } = await stream.stop();
  t.comment(`${answered} reviews`);
  t.same(rest, UNNOTICED);
  t.same(
    (await lab.pods('webhook')).map(({ status }) => status?.containerStatuses?.[0]?.restartCount),
    [0, 0],
    'no guard has ended',
  );
}

async function onNode(worker: Worker, program: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await worker.node.run(program, args);
  if (code !== 0) throw new Error(`${program} failed on ${worker.name}: ${stderr}`);
}

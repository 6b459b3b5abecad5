import { t } from 'tap';

import { connect } from '../../src/kube/api.ts';
import { keepRefusedWriters, readRefusedWriters } from '../../src/kube/refused-writers.ts';
import { prepareAuditor } from './auditor.ts';
import { startControlPlane } from './controlplane/start.ts';

const NOW = Date.UTC(2026, 0, 8);
const MINUTE_MS = 60_000;
const ACK = 'system:serviceaccount:kube-system:ack-upgrade';
const writer = (user: string, lastMs: number, count: number) => ({
  user,
  count,
  lastMs,
  rules: ['conf-changed'],
});

/** The record of refused writers at a real API server, with no more than the rights of the guard. */
t.test('who had writes refused is kept and read again', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const { env = {} } = await prepareAuditor(plane);
  const guard = connect({ kubeconfig: env.KUBECONFIG });
  const operator = connect({ kubeconfig: plane.kubeconfig });

  t.same(await readRefusedWriters(operator, NOW), [], 'before the first one');
  t.equal(await readRefusedWriters(guard, NOW), undefined, 'the guard may not read Events');
  await keepRefusedWriters(guard, [], NOW);
  await Promise.all(
    [writer(ACK, NOW, 1), writer('alice', NOW - MINUTE_MS, 2)].map((one) =>
      keepRefusedWriters(guard, [one], NOW),
    ),
  );
  const later = NOW + 15 * MINUTE_MS;
  await keepRefusedWriters(guard, [writer(ACK, later, 1)], later);
  t.same(await readRefusedWriters(operator, later), [
    writer(ACK, later, 2),
    writer('alice', NOW - MINUTE_MS, 2),
  ]);
  const { stdout } = await plane.kubectl(
    'get events -n kube-system eni-config.refused-writers -o jsonpath={.lastTimestamp}'.split(' '),
  );
  t.equal(stdout, '2026-01-08T00:15:00Z', 'renewed');
});

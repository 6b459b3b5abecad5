import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t } from 'tap';
import type { Test } from 'tap';

import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { waitFor } from '../support/wait.ts';
import { startControlPlane } from './controlplane/start.ts';
import { manifest } from './guarded-cluster.ts';

/** Audit logs that a real API server wrote of what a real kubectl did. */

const PATIENCE_MS = 20_000;

/** Creates a good object, applies a bad one, patches it good again, replaces and deletes it. */
async function replayOf(t: Test, level: string) {
  const policy = join(t.testdir(), 'policy.json');
  const rules = [{ level: 'None', verbs: ['watch'] }, { level }];
  const omitStages = ['RequestReceived'];
  writeFileSync(
    policy,
    JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules }),
  );
  const plane = await startControlPlane({ apiServerFlags: [`--audit-policy-file=${policy}`] });
  t.teardown(() => plane.stop());
  const kubectl = async (args: string[], stdin = '') => {
    const output = await plane.kubectl(args, { stdin });
    t.equal(output.code, 0, output.stderr);
  };
  const name = ['configmap', 'eni-config', '-n', 'kube-system'];
  await kubectl(['create', '-f', '-'], manifest(BASE_VETH));
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifest(TYPO));
  await kubectl(['replace', '-f', '-'], manifest(GOOD));
  await kubectl(['patch', ...name, '--type=merge', '-p', JSON.stringify({ data: TYPO })]);
  await kubectl(['patch', ...name, '--dry-run=server', '-p', JSON.stringify({ data: GOOD })]);
  await kubectl(['delete', ...name]);
  const log = join(plane.dir, 'audit.log');
  await waitFor('the last event', PATIENCE_MS, async () => {
    const events = await plane.auditEvents();
    return events.some(({ verb, objectRef }) => verb === 'delete' && objectRef?.name === name[1])
      ? true
      : undefined;
  });
  const { code, stdout } = await run(process.execPath, [MAIN, 'replay', log, '--output', 'json']);
  t.equal(code, 1);
  return JSON.parse(stdout) as unknown;
}

t.test('at level RequestResponse all writes are judged', async (t) => {
  t.match(await replayOf(t, 'RequestResponse'), {
    writes: 6,
    same: { allowed: 3, refused: 0 },
    becomes: { refused: 3, allowed: 0 },
    unjudged: [],
    changed: [
      { operation: 'UPDATE', fieldManager: 'kubectl', user: 'admin' },
      { operation: 'UPDATE', fieldManager: 'kubectl-patch' },
      { operation: 'DELETE' },
    ],
  });
});

t.test('at level Request all but a server-side apply and what follows on it', async (t) => {
  t.match(await replayOf(t, 'Request'), {
    writes: 6,
    same: { allowed: 2, refused: 0 },
    becomes: { refused: 2, allowed: 0 },
    unjudged: [
      { why: 'what its patch comes to is not in the log', count: 1 },
      { why: 'what was stored before it is not in the log', count: 1 },
    ],
  });
});

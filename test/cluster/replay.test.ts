import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t } from 'tap';

import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { waitFor } from '../support/wait.ts';
import { startControlPlane } from './controlplane/start.ts';
import { manifest } from './guarded-cluster.ts';

/** The audit log that a real API server wrote of what a real kubectl did. */

const PATIENCE_MS = 20_000;

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'None', verbs: ['watch'] }, { level: 'RequestResponse' }],
};

async function replay(log: string): Promise<unknown> {
  const args = [MAIN, 'replay', log, '--output', 'json'];
  const { code, stdout } = await run(process.execPath, args);
  return { code, ...(JSON.parse(stdout) as object) };
}

t.test('replay', async (t) => {
  const folder = t.testdir({ 'policy.json': JSON.stringify(POLICY) });
  const flag = `--audit-policy-file=${join(folder, 'policy.json')}`;
  const plane = await startControlPlane({ apiServerFlags: [flag] });
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
  await waitFor('the last event', PATIENCE_MS, async () => {
    const events = await plane.auditEvents();
    return events.some(({ verb, objectRef }) => verb === 'delete' && objectRef?.name === name[1])
      ? true
      : undefined;
  });
  const log = join(plane.dir, 'audit.log');

  await t.test('judges all writes at level RequestResponse', async (t) => {
    t.match(await replay(log), {
      code: 1,
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

  await t.test('judges at level Request what needs no answer', async (t) => {
    const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    const requests = lines.map((line) => {
      const { responseObject, ...event } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify({ ...event, level: responseObject ? 'Request' : event.level });
    });
    writeFileSync(join(folder, 'requests.log'), `${requests.join('\n')}\n`);
    t.match(await replay(join(folder, 'requests.log')), {
      code: 1,
      writes: 6,
      same: { allowed: 2, refused: 0 },
      becomes: { refused: 2, allowed: 0 },
      unjudged: [
        { why: 'what its patch comes to is not in the log', count: 1 },
        { why: 'what was stored before it is not in the log', count: 1 },
      ],
    });
  });
});

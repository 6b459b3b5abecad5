import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';
import { parse, stringify } from 'yaml';

import { BASE_VETH, GOOD, WRONG_TYPE } from '../support/config-maps.ts';
import { allowEditing } from './asking-cluster.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { WEBHOOK_NAMES } from './webhooks.ts';

const EVENT_TIMEOUT_MS = 5_000;
const ACCOUNT = 'system:serviceaccount:kube-system:addon-manager';
const GROUP = 'system:serviceaccounts:ack-upgrades';

/** A default could be added here, and one slip would be refused. */

t.test('exempt identities', async (t) => {
  const cluster = await startGuardedCluster({
    facts: { terwayVersion: '1.15.2', kubeProxyMode: 'ipvs' },
    exempt: { users: [ACCOUNT], groups: [GROUP] },
  });
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  await cluster.file('good.yaml', manifest(GOOD));
  await cluster.file('broken.yaml', manifest(WRONG_TYPE));
  t.match(await plane.shell('kubectl create namespace ack-upgrades'), { code: 0 });
  const accounts = {
    'a service account as a user': await serviceAccount(plane, 'kube-system', 'addon-manager'),
    'a service account of a group': await serviceAccount(plane, 'ack-upgrades', 'upgrader'),
  };

  for (const [name, kubeconfig] of Object.entries(accounts)) {
    await t.test(`${name}: warned of all that would be refused, and let through`, async (t) => {
      await cluster.store(BASE_VETH);
      const transcript = new Transcript();
      for (const line of [
        'kubectl auth whoami -o jsonpath={.status.userInfo.username}',
        'kubectl apply --server-side --force-conflicts -f good.yaml',
        'kubectl apply --server-side --force-conflicts -f broken.yaml --dry-run=server',
        'kubectl apply --server-side --force-conflicts -f broken.yaml',
        'kubectl delete cm eni-config -n kube-system',
      ]) {
        t.match(await cluster.type(transcript, line, { kubeconfig }), { code: 0 }, line);
        if (line.endsWith('good.yaml')) t.same(await cluster.stored(), GOOD, 'no default is added');
        if (line.endsWith('=server')) t.same(await cluster.stored(), GOOD, 'nothing is written');
      }
      t.equal(await cluster.stored(), undefined);
      await transcript.matchesGolden(t, name.endsWith('user') ? 'exempt-account' : 'exempt-group');
    });
  }

  await t.test('leave their mark in the audit log and in the log, for every write', async (t) => {
    const marks = await waitFor('the audit events', EVENT_TIMEOUT_MS, async () => {
      const found = (await plane.auditEvents())
        .map(({ annotations }) => annotations?.[`${WEBHOOK_NAMES.validate}/exemption`])
        .filter((mark) => mark !== undefined);
      return found.length >= 8 ? found : undefined;
    });
    t.same([...new Set(marks)].sort(), [`group ${GROUP}`, `user ${ACCOUNT}`]);
    const log = await cluster.guard.log();
    t.ok(log.includes(`"exemption":"user ${ACCOUNT}","verdict":"allow"`));
    t.ok(log.includes('{"rule":"object-deleted","severity":"warn","unmodified":"deny"'));
  });

  await t.test('are those named, and not those of a similar name', async (t) => {
    await cluster.store(GOOD);
    const other = await serviceAccount(plane, 'default', 'addon-manager');
    const line = 'kubectl apply --server-side --force-conflicts -f broken.yaml';
    t.match(await plane.shell(line, { kubeconfig: other }), { code: 1 });
    t.same(await cluster.stored(), GOOD);
  });
});

/** Makes a service account that may write eni-config; the kubeconfig has a token of its own. */
async function serviceAccount(
  plane: ControlPlane,
  namespace: string,
  name: string,
): Promise<string> {
  await plane.kubectl(['create', 'serviceaccount', name, '-n', namespace]);
  const { stdout } = await plane.kubectl(['create', 'token', name, '-n', namespace]);
  const file = await allowEditing(plane, `system:serviceaccount:${namespace}:${name}`);
  const config = parse(await readFile(file, 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token: stdout.trim() };
  const path = join(plane.dir, `${namespace}-${name}.kubeconfig`);
  await plane.shell(`cat > ${path}`, { stdin: stringify(config) });
  return path;
}

import { t } from 'tap';
import type { Test } from 'tap';

import { BASE_VETH, PORTMAP, VETH_CONF, conflist } from '../support/config-maps.ts';
import type { AuditEvent } from './controlplane/audit.ts';
import { waitFor } from '../support/wait.ts';
import { startGuardedCluster } from './guarded-cluster.ts';
import { WEBHOOK_NAMES } from './webhooks.ts';

const EVENT_TIMEOUT_MS = 5_000;

t.test('the API server', async (t) => {
  const cluster = await startGuardedCluster();
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;

  /** Runs the lines, which must all succeed, and tells what the guard was asked meanwhile. */
  const asked = async (t: Test, ...lines: string[]) => {
    const before = await guard.reviews();
    const decidedBefore = (await guard.decisions()).length;
    for (const line of lines) {
      const { code, stderr } = await plane.shell(line);
      t.equal(code, 0, `${line}: ${stderr}`);
    }
    const after = await guard.reviews();
    const decided = (await guard.decisions()).slice(decidedBefore);
    return {
      validate: after.validate - before.validate,
      mutate: after.mutate - before.mutate,
      logged: decided.map(({ endpoint, operation }) => `${endpoint} ${operation}`),
    };
  };
  const never = { validate: 0, mutate: 0, logged: [] };

  await t.test('asks both endpoints once for each write of eni-config', async (t) => {
    await cluster.store(BASE_VETH);
    const target = 'cm eni-config -n kube-system';
    const lines = [`kubectl label ${target} team=network`, `kubectl annotate ${target} ticket=1`];
    t.same(await asked(t, ...lines), {
      validate: 2,
      mutate: 2,
      logged: ['mutate UPDATE', 'validate UPDATE', 'mutate UPDATE', 'validate UPDATE'],
    });
  });

  await t.test('never asks for a read of eni-config', async (t) => {
    await cluster.store(BASE_VETH);
    t.same(await asked(t, 'kubectl get cm eni-config -n kube-system -o yaml'), never);
  });

  await t.test('never asks for other ConfigMaps of kube-system', async (t) => {
    const target = 'cm eni-config-copy -n kube-system';
    t.same(
      await asked(
        t,
        `kubectl create ${target} --from-literal=10-terway.conflist={}`,
        `kubectl label ${target} team=network`,
        `kubectl delete ${target}`,
      ),
      never,
    );
  });

  await t.test('never asks for an eni-config in another namespace', async (t) => {
    const target = 'cm eni-config -n default';
    t.same(
      await asked(
        t,
        `kubectl create ${target} --from-literal=10-terway.conflist={}`,
        `kubectl label ${target} team=network`,
        `kubectl delete ${target}`,
      ),
      never,
    );
  });

  await t.test('never asks for a create with generateName, and does not refuse it', async (t) => {
    const metadata = { generateName: 'eni-config', namespace: 'kube-system' };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    await cluster.file('generated.json', JSON.stringify(object));
    t.same(await asked(t, 'kubectl create -f generated.json'), never);
  });

  await t.test('never asks for a delete of a collection without eni-config', async (t) => {
    const target = 'cm one-of-many -n kube-system';
    await plane.shell(`kubectl create ${target} && kubectl label ${target} of=many`);
    const before = await guard.reviews();
    const collection = '/api/v1/namespaces/kube-system/configmaps?labelSelector=of%3Dmany';
    t.match(await plane.raw('DELETE', collection), { status: 200 });
    t.same(await guard.reviews(), before);
    t.match(await plane.shell(`kubectl get ${target}`), { code: 1, stderr: /NotFound/ });
  });

  await t.test('asks for a collection that holds eni-config', async (t) => {
    await cluster.store(BASE_VETH);
    const before = await guard.reviews();
    const collection = '/api/v1/namespaces/kube-system/configmaps?dryRun=All';
    t.match(await plane.raw('DELETE', collection), { status: 422 });
    t.equal((await guard.reviews()).validate - before.validate, 1);
  });

  await t.test('keeps verdict and rules of each write in its audit log', async (t) => {
    await cluster.store(BASE_VETH);
    const patch = 'kubectl patch cm eni-config -n kube-system --type=merge -p';
    for (const type of ['portmapp', 'portmap']) {
      const chain = conflist([VETH_CONF, { ...PORTMAP, type }]);
      const body = JSON.stringify({ data: { '10-terway.conflist': chain } });
      await plane.shell(`${patch} '${body}'`);
    }
    const isPatch = ({ verb, objectRef }: AuditEvent) =>
      verb === 'patch' && objectRef?.name === 'eni-config' && objectRef.namespace === 'kube-system';
    const [denied, allowed] = await waitFor('the audit events', EVENT_TIMEOUT_MS, async () => {
      const events = (await plane.auditEvents()).filter(isPatch).slice(-2);
      return events[1]?.responseStatus?.code === 200 ? events : undefined;
    });
    const verdict = `${WEBHOOK_NAMES.validate}/verdict`;
    const rules = `${WEBHOOK_NAMES.validate}/rules`;
    t.match(denied, {
      responseStatus: { code: 422, reason: 'Invalid', message: /portmapp/ },
      annotations: { [verdict]: 'deny', [rules]: /\bplugin-typo\b/ },
    });
    t.match(allowed, { annotations: { [verdict]: 'allow', [rules]: /\brestart-needed\b/ } });
  });
});

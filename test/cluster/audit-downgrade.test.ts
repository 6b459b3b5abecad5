import { t } from 'tap';

import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { applyNode, applyTerway, reportTerway, runTerway } from './cluster-contents.ts';
import { waitFor } from '../support/wait.ts';
import { startGuardedCluster } from './guarded-cluster.ts';

const PATIENCE_MS = 60_000;
const NODE = 'cn-hangzhou.10.0.1.7';
const CHAIN = conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP]);

t.test('a downgrade of Terway makes a stored chain bad while the guard runs', async (t) => {
  const rollOut = async (version: string) => {
    await runTerway(cluster.plane, NODE, version);
    await applyTerway(cluster.plane, version);
    await reportTerway(cluster.plane, 1);
  };
  const cluster = await startGuardedCluster(
    { facts: { source: 'cluster', refreshSeconds: 10 } },
    async (plane) => Promise.resolve({ env: { KUBECONFIG: plane.kubeconfig } }),
  );
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;
  const untilStored = (because: string, verdict: string) =>
    waitFor(`the stored object to be judged: ${because}, ${verdict}`, PATIENCE_MS, async () => {
      const lines = (await guard.log()).split('\n').filter((line) => line.startsWith('{'));
      return lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => msg === 'stored object')
        .filter((line) => line.because === because && line.verdict === verdict)
        .at(-1);
    });

  await applyNode(plane, NODE);
  await rollOut('v1.15.2');
  await cluster.store(withConflist(BASE_VETH, CHAIN));
  await untilStored('object', 'allow');
  await rollOut('v1.14.3');
  t.match(await untilStored('facts', 'deny'), {
    findings: [{ rule: 'field-version', severity: 'deny', path: 'plugins[0].symmetric_routing' }],
    facts: { terway: { value: '1.14.3' } },
  });
  await waitFor('the Event', PATIENCE_MS, async () => {
    const { stdout } = await plane.shell('kubectl describe cm eni-config -n kube-system');
    return /StoredObjectInvalid .* field-version/.test(stdout) || undefined;
  });
  const metrics = await guard.metrics();
  t.ok(
    /^eni_config_guard_stored_object_findings\{rule="field-version",severity="deny"\} 1$/m.test(
      metrics,
    ),
  );
  t.ok(/^eni_config_guard_facts_age_seconds\{source="stored-object"\} \d/m.test(metrics));
});

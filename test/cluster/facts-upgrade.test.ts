import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from 'tap';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist } from '../support/config-maps.ts';
import { send } from '../support/https-client.ts';
import { reviewBody } from '../support/reviews.ts';
import {
  applyNode,
  applyTerway,
  configureKubeProxy,
  probeNode,
  reportTerway,
  runTerway,
} from './cluster-contents.ts';
import { run } from '../support/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { pasteConflist } from './edit-steps.ts';
import { startGuard } from './guard.ts';
import { GuardedCluster, manifest } from './guarded-cluster.ts';
import { LEAST_RIGHTS, userWith } from './rights.ts';

const PATIENCE_MS = 60_000;
const NODES = ['cn-hangzhou.10.0.1.7', 'cn-hangzhou.10.0.1.8', 'cn-hangzhou.10.0.1.9'];
const SOURCES = ['terway', 'kube-proxy', 'nodes', 'node-probe', 'stored-object'];
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

t.test('a guard that learns from the cluster', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const probeAll = async (versions: readonly string[]) => {
    for (const [index, node] of NODES.entries()) {
      const version = versions[index] ?? '';
      await probeNode(plane, node, { portmap: version, tuning: version });
    }
  };
  for (const node of NODES) {
    await applyNode(plane, node);
    await runTerway(plane, node, 'v1.14.3');
  }
  await applyTerway(plane, 'v1.14.3');
  await reportTerway(plane, NODES.length);
  await configureKubeProxy(plane, 'kube-proxy-worker', 'mode: ipvs\n');
  await probeAll(['v1.6.2', 'v1.7.1', 'v1.6.2']);

  const kubeconfig = await userWith(plane, 'guard', LEAST_RIGHTS);
  const facts = { source: 'cluster', refreshSeconds: 10 };
  const guard = await startGuard({ facts }, { env: { KUBECONFIG: kubeconfig } });
  t.teardown(() => guard.stop());
  const cluster = new GuardedCluster(plane, guard);
  await cluster.register();
  await cluster.store(BASE_VETH);

  const transcript = new Transcript();
  const chain = conflist([
    { ...VETH_CONF, symmetric_routing: true },
    { ...PORTMAP, masqAll: true },
  ]);
  /** What the guard knows, as a user with its rights sees it. */
  const look = async () => {
    const env = { PATH: process.env.PATH, KUBECONFIG: kubeconfig, HOME: plane.dir };
    const output = await run(process.execPath, [main, 'facts'], { cwd: plane.dir, env });
    transcript.add('eni-config-guard facts', output);
    return output;
  };

  t.match(await look(), { code: 0, stderr: '' });
  const refused = await cluster.edit(transcript, [pasteConflist(chain), 'quit']);
  t.match(refused, { code: 1 });
  t.same(await cluster.stored(), BASE_VETH);

  await applyTerway(plane, 'v1.15.2');
  await runTerway(plane, NODES[0]!, 'v1.15.2');
  await reportTerway(plane, NODES.length, 1);
  t.match(await look(), { code: 0, stderr: '' });

  await t.test('tells programs the same', async (t) => {
    const env = { PATH: process.env.PATH, KUBECONFIG: kubeconfig, HOME: plane.dir };
    const args = [main, 'facts', '--output', 'json'];
    const { code, stdout } = await run(process.execPath, args, { cwd: plane.dir, env });
    t.equal(code, 0);
    const { asOf, facts, unknown } = JSON.parse(stdout) as {
      readonly asOf: string;
      readonly facts: Readonly<Record<string, object>>;
      readonly unknown: readonly string[];
    };
    t.ok(Date.parse(asOf));
    t.same(unknown, []);
    t.match(facts.terway, {
      value: '1.14.3',
      origin: 'from the pods of DaemonSet terway-eniip',
      learntAt: /^\d{4}-\d\d-\d\dT/,
      nodes: [
        { version: '1.14.3', count: 2, names: NODES.slice(1) },
        { version: '1.15.2', count: 1, names: NODES.slice(0, 1) },
      ],
    });
  });

  for (const node of NODES) await runTerway(plane, node, 'v1.15.2');
  await reportTerway(plane, NODES.length);
  await probeAll(['v1.7.1', 'v1.7.1', 'v1.7.1']);
  t.match(await look(), { code: 0, stderr: '' });

  await cluster.file('eni-config.yaml', manifest({ ...BASE_VETH, '10-terway.conflist': chain }));
  await waitFor('the guard to know of the upgrade', PATIENCE_MS, async () => {
    const { code } = await plane.shell('kubectl apply --dry-run=server -f eni-config.yaml');
    return code === 0 ? true : undefined;
  });
  const accepted = await cluster.edit(transcript, [pasteConflist(chain)]);
  t.match(accepted, { code: 0 });
  t.equal((await cluster.stored())?.['10-terway.conflist'], chain);
  await transcript.matchesGolden(t, 'facts-upgrade');

  /** Whether all sources fail (1), or all answer (0), as the guard's metrics say; undefined while they differ. */
  const failing = async (value: 0 | 1) => {
    const lines = (await guard.metrics()).split('\n');
    const told = SOURCES.filter((source) =>
      lines.includes(`eni_config_guard_facts_failing{source="${source}"} ${value}`),
    );
    return told.length === SOURCES.length ? true : undefined;
  };

  await t.test('stays ready without the API server, and tells of it once', async (t) => {
    await waitFor('the metrics to say that all is well', PATIENCE_MS, async () => failing(0));
    await plane.stopApiServer();
    await waitFor('the metrics to tell of it', PATIENCE_MS, async () => failing(1));
    const endpoint = { port: Number(new URL(guard.url).port), ca: guard.ca };
    t.match(await send(endpoint, '/readyz', '', { method: 'GET', headers: {} }), { status: 200 });
    const body = reviewBody({ operation: 'UPDATE', oldData: BASE_VETH, data: BASE_VETH });
    t.match(await send(endpoint, '/validate', body), { status: 200 }, 'and reviews are answered');
    await plane.startApiServer();
    await waitFor('the metrics to tell of the recovery', PATIENCE_MS, async () => failing(0));
    const log = await guard.log();
    t.match(log, /"source":"terway","reason":"ECONN\w+","error":"GET .*"/);
    for (const source of SOURCES.slice(0, 4)) {
      const unreached = `"source":"${source}","reason":"(ECONN\\w+|Timeout|Silent)".*cannot be learnt`;
      t.equal(log.match(new RegExp(unreached, 'g'))?.length, 1, `${source}: one line`);
    }
  });

  await t.test('starts while the API server is away, and learns when it is back', async (t) => {
    await plane.stopApiServer();
    await guard.kill();
    await guard.restart();
    await waitFor('the metrics to tell of it', PATIENCE_MS, async () => failing(1));
    await plane.startApiServer();
    await waitFor('the metrics to tell of the recovery', PATIENCE_MS, async () => failing(0));
    t.match(
      (await cluster.edit(new Transcript(), [pasteConflist(conflist([VETH_CONF, PORTMAP]))])).code,
      0,
    );
  });
});

t.test('the facts command, without a cluster', async (t) => {
  const cwd = t.testdir();
  const env = { PATH: process.env.PATH, HOME: cwd };
  const facts = (...args: readonly string[]) =>
    run(process.execPath, [main, 'facts', ...args], { cwd, env });
  t.match(await facts(), {
    code: 2,
    stdout: '',
    stderr:
      'eni-config-guard: there is neither a kubeconfig nor a service account to connect with; ' +
      'name one with --kubeconfig\n',
  });
  const missing = join(cwd, 'missing');
  t.match(await facts('--kubeconfig', missing), {
    code: 2,
    stderr: `eni-config-guard: kubeconfig ${missing} can't be read (ENOENT); name one with --kubeconfig\n`,
  });
  t.match(await facts('--output', 'yaml'), { code: 2, stderr: /--output takes text or json/ });
});

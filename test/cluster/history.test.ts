import { fileURLToPath } from 'node:url';
import { t } from 'tap';

import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { waitFor } from '../support/wait.ts';
import type { History } from '../../src/rollout/history/revision.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { type GuardOptions, startGuard } from './guard.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { type Right, userWith } from './rights.ts';

const PATIENCE_MS = 30_000;
const GUARD = 'system:serviceaccount:kube-system:eni-config-guard';
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const NAME = 'eni-config-guard-history';
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** As the README has it. */
const READ =
  `kubectl get secret -n kube-system ${NAME} -o jsonpath='{.data.history}' | ` +
  'base64 -d | gunzip';

const inKubeSystem = (resource: string, name: string, verbs: readonly string[]): Right => ({
  namespace: 'kube-system',
  apiGroup: '',
  resource,
  names: [name],
  verbs,
});
const READ_ENI_CONFIG = inKubeSystem('configmaps', 'eni-config', ['get', 'list', 'watch']);
/** What the chart grants, and no more. */
const RIGHTS = [READ_ENI_CONFIG, inKubeSystem('secrets', NAME, ['get', 'update'])];

const CONFIG = {
  facts: { terwayVersion: '1.15.2', pluginVersions: { portmap: '1.7.1' } },
  audit: { background: true },
};

/** Makes the Secret as the chart does, and a guard's user. */
async function prepare(plane: ControlPlane): Promise<GuardOptions> {
  await plane.raw('POST', SECRETS, { metadata: { name: NAME }, type: 'Opaque' });
  return { env: { KUBECONFIG: await userWith(plane, GUARD, RIGHTS) } };
}

t.test('what stood in eni-config is kept, and can be put back', async (t) => {
  let options: GuardOptions = {};
  const cluster = await startGuardedCluster(CONFIG, async (plane) => {
    options = await prepare(plane);
    return options;
  });
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  const second = await startGuard(CONFIG, options);
  t.teardown(() => second.stop());

  const kubeconfigs = {
    alice: await plane.kubeconfigFor('alice@example.com', ['system:masters']),
    auditor: await userWith(plane, 'auditor', [
      READ_ENI_CONFIG,
      inKubeSystem('secrets', NAME, ['get']),
    ]),
    editor: await userWith(plane, 'editor', [
      inKubeSystem('configmaps', 'eni-config', ['get', 'patch']),
    ]),
  };
  const as = (user: keyof typeof kubeconfigs) => ({ kubeconfig: kubeconfigs[user] });
  const run = (user: keyof typeof kubeconfigs, ...args: readonly string[]) =>
    plane.shell(`"${process.execPath}" "${program}" ${args.join(' ')}`, as(user));
  const read = async (): Promise<History> =>
    JSON.parse((await plane.shell(READ)).stdout) as History;
  const versionNow = async () => {
    const { body } = await plane.raw('GET', '/api/v1/namespaces/kube-system/configmaps/eni-config');
    return (JSON.parse(body) as { readonly metadata: { readonly resourceVersion: string } })
      .metadata.resourceVersion;
  };
  /** The history when both guards have written what there is. */
  const settled = (isThere: (history: History) => boolean = () => true) =>
    waitFor('the history to be up to date', PATIENCE_MS, async () => {
      const history = await read().catch(() => undefined);
      const isNewest = history?.seen === (await versionNow());
      return history && isNewest && isThere(history) ? history : undefined;
    });
  /** A guard names what stands in the Secret a moment after all others can read it there. */
  const untilTold = (line: string, isTold: (stderr: string) => boolean) =>
    waitFor('the last good revision in a refusal', PATIENCE_MS, async () => {
      const { stderr, code } = await plane.shell(line, as('alice'));
      return code === 1 && isTold(stderr) ? true : undefined;
    });
  const newestUser = ({ revisions }: History) => revisions.at(-1)?.user;

  await t.test('by whom, by two guards at once, each version once', async (t) => {
    await cluster.file('good.yaml', manifest(BASE_VETH));
    await plane.shell('kubectl create -f good.yaml', as('alice'));
    const first = await settled((history) => newestUser(history) !== undefined);
    t.equal(newestUser(first), 'alice@example.com');
    for (let number = 0; number < 60; number += 1) {
      const data = { ...GOOD, felix_relay_service: `typha-${number}` };
      await plane.raw('PUT', '/api/v1/namespaces/kube-system/configmaps/eni-config', {
        metadata: { name: 'eni-config' },
        data,
      });
    }
    const { revisions } = await settled();
    t.equal(revisions.length, 20);
    t.equal(new Set(revisions.map(({ resourceVersion }) => resourceVersion)).size, 20);
    const last = revisions.at(-1)!.number;
    t.equal(last, 61 + first.revisions.length - 1);
    t.same(
      revisions.map(({ number }) => number),
      Array.from({ length: 20 }, (_, index) => last - 19 + index),
    );
    t.same(revisions.at(-1)?.data, { ...GOOD, felix_relay_service: 'typha-59' });
    t.notOk(revisions.some(({ gap }) => gap));
  });

  await t.test('a refused write names the last good revision', async () => {
    const { revisions } = await settled();
    await cluster.file('bad.yaml', manifest(TYPO));
    const named = `last good: revision ${revisions.at(-1)!.number}, which is stored`;
    await untilTold('kubectl apply -f bad.yaml', (stderr) => stderr.includes(named));
  });

  await t.test('rollback goes through the guard, with the rights of its caller', async (t) => {
    const before = await settled();
    const [target] = before.revisions;
    const number = String(target!.number);
    const refused = await run('auditor', 'rollback', number, '--yes');
    t.match(refused, { code: 2, stderr: /nothing was written: .*cannot patch/ });
    t.match(await run('editor', 'rollback', number, '--yes'), {
      code: 2,
      stderr: /can't read the history/,
    });
    t.match(await run('editor', 'history'), { code: 2, stderr: /can't read the history/ });
    t.same((await settled()).seen, before.seen, 'nothing was changed');

    const done = await run('alice', 'rollback', number, '--yes');
    t.equal(done.code, 0, done.stderr);
    t.match(done.stdout, '--- a/felix_relay_service');
    t.match(done.stderr, `eni-config holds the texts of revision ${number} again`);
    t.same(await cluster.stored(), target!.data);
    const after = await settled((history) => newestUser(history) === 'alice@example.com');
    t.equal(after.revisions.at(-1)?.fieldManager, 'eni-config-guard-rollback');
    t.equal(after.revisions.at(-1)?.hash, target!.hash);
    t.match(await run('alice', 'status'), {
      stdout: new RegExp(
        `Last write: .* by alice@example.com, revision ${after.revisions.at(-1)!.number}\n`,
      ),
    });
  });

  await t.test('what was accepted then is judged by the rules of today', async (t) => {
    await cluster.unregister();
    await plane.shell('kubectl apply -f bad.yaml --force-conflicts --server-side', as('alice'));
    await cluster.register();
    const { revisions } = await settled(
      ({ revisions: [...all] }) =>
        all.at(-1)?.data?.['10-terway.conflist'] === TYPO['10-terway.conflist'],
    );
    const bad = revisions.at(-1)!;
    t.equal(bad.user, undefined, 'no guard let it through');
    const good = revisions.at(-2)!.number;
    await cluster.file('worse.json', JSON.stringify({ data: { '10-terway.conflist': '{' } }));
    const patch = 'kubectl patch cm eni-config -n kube-system --patch-file worse.json';
    const named = new RegExp(
      `last good: revision ${good} of .*: eni-config-guard rollback ${good}`,
    );
    await untilTold(patch, (stderr) => named.test(stderr));
    t.equal((await run('alice', 'rollback', String(good), '--yes')).code, 0);
    const refused = await run('alice', 'rollback', String(bad.number), '--yes');
    t.match(refused, { code: 1, stderr: /by the rules of today this would be refused/ });
    const replayed = await run('alice', 'replay', '--history');
    t.match(replayed, { code: 1, stdout: /allowed then, refused now/ });
  });

  await t.test('without the Secret eni-config is guarded all the same', async (t) => {
    await plane.raw('DELETE', `${SECRETS}/${NAME}`);
    await plane.raw('PUT', '/api/v1/namespaces/kube-system/configmaps/eni-config', {
      metadata: { name: 'eni-config' },
      data: BASE_VETH,
    });
    const told = async () =>
      (await cluster.guard.log()).match(
        /there is no Secret kube-system\/eni-config-guard-history/g,
      );
    await waitFor('the log to tell it', PATIENCE_MS, async () => (await told()) ?? undefined);
    t.match(await run('alice', 'history'), { code: 2, stderr: /there is no history/ });
    t.match(await plane.shell('kubectl apply -f bad.yaml', as('alice')), { code: 1 });
    t.equal((await told())?.length, 1);
    await plane.raw('POST', SECRETS, { metadata: { name: NAME }, type: 'Opaque' });
    const { revisions } = await settled();
    t.same(revisions.at(-1)?.data, BASE_VETH, 'it goes on when there is a place again');
  });
});

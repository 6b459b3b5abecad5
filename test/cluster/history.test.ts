import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { t } from 'tap';

import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { waitFor } from '../support/wait.ts';
import type { History } from '../../src/rollout/history/revision.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { type GuardOptions, startGuard } from './guard.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { type Missing, type PageRights, pageUser } from './page-user.ts';
import { type Right, userWith } from './rights.ts';

const PATIENCE_MS = 30_000;
const GUARD = 'system:serviceaccount:kube-system:eni-config-guard';
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const NAME = 'eni-config-guard-history';
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The line of the README that reads the history without the program. */
const READ =
  /^kubectl get secret .* \| base64 -d \| gunzip$/m.exec(
    readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
  )?.[0] ?? '';
/** The line of the page that takes away what is no history. */
const BEGIN_ANEW =
  /^kubectl patch secret .*$/m.exec(
    readFileSync(new URL('../../docs/history.md', import.meta.url), 'utf8'),
  )?.[0] ?? '';
/** HISTORY_WRITES=10000 shows that the Secret does not grow; it takes minutes. */
const WRITES = Number(process.env.HISTORY_WRITES ?? 60);
t.setTimeout(5 * 60_000 + WRITES * 100);

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
  /** Bytes of the Secret's value, as it is stored. */
  const kept = async () => {
    await settled();
    const { body } = await plane.raw('GET', `${SECRETS}/${NAME}`);
    return (JSON.parse(body) as { readonly data: { readonly history: string } }).data.history
      .length;
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
    const sizes: number[] = [];
    for (let number = 0; number < WRITES; number += 1) {
      const data = { ...GOOD, felix_relay_service: `typha-${number}` };
      await plane.raw('PUT', '/api/v1/namespaces/kube-system/configmaps/eni-config', {
        metadata: { name: 'eni-config' },
        data,
      });
      if ((number + 1) % Math.floor(WRITES / 4) === 0) sizes.push(await kept());
    }
    const { revisions } = await settled();
    sizes.push(await kept());
    t.comment(`${WRITES} writes, bytes in the Secret: ${sizes.join(', ')}`);
    t.ok(Math.max(...sizes) < sizes[0]! * 1.2 && sizes[0]! < 512 * 1024, 'it does not grow');
    t.equal(revisions.length, 20);
    t.equal(new Set(revisions.map(({ resourceVersion }) => resourceVersion)).size, 20);
    const last = revisions.at(-1)!.number;
    t.equal(last, WRITES + first.revisions.length, 'each version was counted once');
    t.same(
      revisions.map(({ number }) => number),
      Array.from({ length: 20 }, (_, index) => last - 19 + index),
    );
    t.same(revisions.at(-1)?.data, { ...GOOD, felix_relay_service: `typha-${WRITES - 1}` });
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

  await t.test('history and rollback need the rights that their page names', async (t) => {
    const { revisions } = await settled();
    const number = String(revisions[0]!.number);
    const before = await versionNow();
    const runWith = async (user: string, rights: Omit<PageRights, 'page'>, ...args: string[]) => {
      const kubeconfig = await pageUser(plane, user, { page: 'history', ...rights });
      return plane.shell(`"${process.execPath}" "${program}" ${args.join(' ')}`, { kubeconfig });
    };
    const reads = { names: ['eni-config-history'] };
    t.match(await runWith('reader', reads, 'history'), { code: 0, stderr: '' });
    t.match(await runWith('reader-2', reads, 'history', number), { code: 0, stderr: '' });
    const diff = ['history', 'diff', number, number];
    t.match(await runWith('reader-3', reads, ...diff), { code: 0, stderr: '', stdout: '' });
    const needed: readonly Missing[] = [
      ['get', 'secrets'],
      ['get', 'configmaps'],
      ['patch', 'configmaps'],
    ];
    for (const [index, without] of needed.entries()) {
      const [verb, resource] = without;
      const rollback = ['rollback', number, '--yes'];
      const { code, stderr } = await runWith(`lacking-${index}`, { without }, ...rollback);
      t.equal(code, 2, `${verb} ${resource}`);
      t.match(stderr, `cannot ${verb} resource "${resource}"`);
      t.match(stderr, /; docs\/history\.md lists the rights\n$/);
    }
    t.equal(await versionNow(), before, 'nothing was written');
    const done = await runWith('rolls-back', {}, 'rollback', number, '--yes');
    t.equal(done.code, 0, done.stderr);
    t.match(done.stderr, 'not known: ', 'it says what it could not judge by');
    t.not(await versionNow(), before);
  });

  await t.test('what is no history is told, left alone, and taken away by hand', async (t) => {
    const { revisions } = await settled();
    const value = async () => (await plane.raw('GET', `${SECRETS}/${NAME}`)).body;
    const hostile = { ...revisions.at(-1), user: '\u001b[31m\u202ealice', chain: '\u009b2J' };
    const asHistory = (content: object) => gzipSync(JSON.stringify(content)).toString('base64');
    const garbage: readonly (readonly [what: string, value: string, said: RegExp])[] = [
      ['no gzip', 'bm8gaGlzdG9yeQ==', /it holds no JSON compressed with gzip/],
      [
        'a megabyte',
        randomBytes(700_000).toString('base64'),
        /it holds no JSON compressed with gzip/,
      ],
      ['another JSON', asHistory([1]), /it holds no history/],
      [
        'another schema',
        asHistory({ schema: 2 }),
        /another schema than 1: another release reads it/,
      ],
    ];
    for (const [what, history, said] of garbage) {
      const patch = { data: { history } };
      const type = 'application/merge-patch+json';
      t.equal((await plane.raw('PATCH', `${SECRETS}/${NAME}`, patch, type)).status, 200);
      const told = await run('alice', 'history');
      t.match(told, { code: 2, stdout: '', stderr: said }, what);
    }
    t.match(await run('alice', 'rollback', '1', '--yes'), { code: 2, stderr: /another schema/ });
    const status = await run('alice', 'status');
    t.match(status, { code: 0, stdout: /history of eni-config: it holds/ });
    t.match(
      status.stdout,
      /^Last write: .* by field manager eni-config-guard-rollback \(user not known\)$/m,
    );
    t.match(await plane.shell('kubectl apply -f bad.yaml', as('alice')), { code: 1 });
    const left = await value();
    const another = { ...BASE_VETH, felix_relay_service: 'typha' };
    await plane.raw('PUT', '/api/v1/namespaces/kube-system/configmaps/eni-config', {
      metadata: { name: 'eni-config' },
      data: another,
    });
    const untilLogged = async (words: string) =>
      waitFor(`the log to say ${words}`, 2 * PATIENCE_MS, async () =>
        (await cluster.guard.log()).includes(words) ? true : undefined,
      );
    await untilLogged('it holds ');
    t.equal(await value(), left, 'the guard does not overwrite it');
    t.match(await plane.shell(BEGIN_ANEW), { code: 0 });
    const again = await settled();
    t.same(again.revisions.at(-1)?.data, another, 'the guard begins anew');
    await untilLogged('the history of eni-config can be written again');

    const history = asHistory({ schema: 1, seen: again.seen, revisions: [hostile] });
    const patch = { data: { history } };
    await plane.raw('PATCH', `${SECRETS}/${NAME}`, patch, 'application/merge-patch+json');
    for (const line of [
      'history',
      'history --output json',
      `history ${hostile.number}`,
      'status',
    ]) {
      const { stdout, stderr } = await run('alice', ...line.split(' '));
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      t.notMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/, line);
    }
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

import { t } from 'tap';

import { BASE_VENDOR } from '../support/config-maps.ts';
import { findOrBuildArgocdEngine } from './gitops/binaries.ts';
import {
  CHAIN_ALONE,
  CONF_LEFT_OUT,
  LAID_OUT_ANEW,
  REFUSED,
  WITHOUT_DEFAULT,
  WITH_DEFAULT,
  addSnat,
  startGitops,
} from './gitops/start.ts';
import { manifest } from './guarded-cluster.ts';

const SYNC = 'argocd-engine sync eni-config.yaml';
const PRUNE = 'argocd-engine prune eni-config.yaml';
const DIFF = 'argocd-engine diff eni-config.yaml';
/** With what Argo CD calls ServerSideDiff=true, and IncludeMutationWebhook=true with it. */
const SERVER_SIDE_DIFFS = [
  'argocd-engine diff --server-side eni-config.yaml',
  'argocd-engine diff --server-side --include-mutation-webhook eni-config.yaml',
];

const SUCCEEDED = { code: 0, stdout: /^Succeeded: successfully synced/ };
const FAILED = { code: 1, stderr: /^Failed: one or more objects failed to apply/ };
const SYNCED = { code: 0, stdout: 'Synced\n' };
const outOfSync = (key: string) => ({ code: 0, stdout: `OutOfSync\ndata.${key} differs\n` });

t.test('Argo CD', async (t) => {
  const gitops = await startGitops(await findOrBuildArgocdEngine());
  const { cluster } = gitops;
  t.teardown(() => cluster.stop());

  await t.test('with a default that Git lacks', async (t) => {
    const { transcript, type } = await gitops.begin(WITHOUT_DEFAULT, BASE_VENDOR);
    await gitops.secondIsOver();
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    t.match(await type(DIFF), outOfSync('10-terway.conflist'));
    for (const line of SERVER_SIDE_DIFFS) t.match(await type(line), SYNCED, line);

    const before = await gitops.resourceVersion();
    await gitops.secondIsOver();
    t.match(await type(SYNC), SUCCEEDED);
    t.equal(await gitops.resourceVersion(), before, 'a second sync writes nothing');
    t.same(await cluster.stored(), WITH_DEFAULT);
    t.match(await type(DIFF), outOfSync('10-terway.conflist'), 'nor does it help');
    await transcript.matchesGolden(t, 'gitops-argocd-default-added');
  });

  await t.test('with a default that Git lacks, applying server-side', async (t) => {
    const { transcript, type } = await gitops.begin(WITHOUT_DEFAULT, BASE_VENDOR);
    const sync = 'argocd-engine sync --server-side eni-config.yaml';
    t.match(await type(sync), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    // As it compares by itself where it applies server-side.
    const line = 'argocd-engine diff --structured-merge eni-config.yaml';
    t.match(await type(line), outOfSync('10-terway.conflist'));
    for (const line of SERVER_SIDE_DIFFS) t.match(await type(line), SYNCED, line);

    t.match(await cluster.edit(transcript, [addSnat]), { code: 0 });
    t.match(await type(sync), SUCCEEDED, 'no conflict with kubectl edit');
    t.same(await cluster.stored(), WITH_DEFAULT);
    await transcript.matchesGolden(t, 'gitops-argocd-server-side');
  });

  await t.test('with the default in Git, after an edit by hand', async (t) => {
    const { transcript, type } = await gitops.begin(WITH_DEFAULT, BASE_VENDOR);
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    for (const line of [DIFF, ...SERVER_SIDE_DIFFS]) t.match(await type(line), SYNCED, line);

    t.match(await cluster.edit(transcript, [addSnat]), { code: 0 });
    for (const line of [DIFF, ...SERVER_SIDE_DIFFS]) {
      t.match(await type(line), outOfSync('10-terway.conflist'), line);
    }
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    t.match(await type(DIFF), SYNCED);
    await transcript.matchesGolden(t, 'gitops-argocd-default-in-git');
  });

  await t.test('with 10-terway.conf laid out otherwise in Git', async (t) => {
    const { transcript, type } = await gitops.begin(LAID_OUT_ANEW, BASE_VENDOR);
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT, 'the white space is put back');
    t.match(await type(DIFF), outOfSync('10-terway.conf'));
    for (const line of SERVER_SIDE_DIFFS) t.match(await type(line), SYNCED, line);

    await cluster.file('eni-config.yaml', manifest(CONF_LEFT_OUT));
    t.match(await type(SYNC), FAILED, 'taken out of Git, the key would be removed');
    t.same(await cluster.stored(), WITH_DEFAULT);
    await transcript.matchesGolden(t, 'gitops-argocd-layout');
  });

  await t.test('with nothing but the chain in Git', async (t) => {
    const { transcript, type } = await gitops.begin(CHAIN_ALONE, BASE_VENDOR);
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    for (const line of [DIFF, ...SERVER_SIDE_DIFFS]) t.match(await type(line), SYNCED, line);
    await transcript.matchesGolden(t, 'gitops-argocd-chain-alone');
  });

  await t.test('with a chain that is refused', async (t) => {
    const { transcript, type } = await gitops.begin(REFUSED, WITH_DEFAULT);
    const denied = /admission webhook .* denied the request: .* there is no plugin\s+"portmapp"/s;
    t.match(await type(DIFF), outOfSync('10-terway.conflist'));
    for (const line of SERVER_SIDE_DIFFS) t.match(await type(line), { code: 1, stderr: denied });
    for (const flags of ['', '--server-side', '--force', '--replace', '--replace --force']) {
      const line = ['argocd-engine sync', flags, 'eni-config.yaml'].filter(Boolean).join(' ');
      t.match(await type(line), FAILED, line);
      t.same(await cluster.stored(), WITH_DEFAULT, line);
    }
    await transcript.matchesGolden(t, 'gitops-argocd-refused');
  });

  await t.test('when Git no longer has eni-config', async (t) => {
    const { transcript, type } = await gitops.begin(WITH_DEFAULT, WITH_DEFAULT);
    t.match(await type(PRUNE), FAILED);
    const option = 'argocd.argoproj.io/sync-options=Prune=false';
    await type(`kubectl annotate cm eni-config -n kube-system ${option}`);
    t.match(await type(PRUNE), { ...SUCCEEDED, stdout: /PruneSkipped/ });
    t.same(await cluster.stored(), WITH_DEFAULT);
    await transcript.matchesGolden(t, 'gitops-argocd-prune');
  });

  await t.test('with a default that is only suggested', async (t) => {
    await gitops.guardedBy(t, { defaults: { mode: 'suggest' } });
    const { transcript, type } = await gitops.begin(WITHOUT_DEFAULT, BASE_VENDOR);
    t.match(await type(SYNC), SUCCEEDED);
    t.same(await cluster.stored(), WITHOUT_DEFAULT);
    for (const line of [DIFF, ...SERVER_SIDE_DIFFS]) t.match(await type(line), SYNCED, line);
    await transcript.matchesGolden(t, 'gitops-argocd-default-suggested');
  });
});

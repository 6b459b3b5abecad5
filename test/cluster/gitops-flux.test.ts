import { t } from 'tap';

import { BASE_VENDOR } from '../support/config-maps.ts';
import { findOrBuildFluxEngine } from './gitops/binaries.ts';
import {
  CHAIN_ALONE,
  LAID_OUT_ANEW,
  REFUSED,
  WITHOUT_DEFAULT,
  WITH_DEFAULT,
  addSnat,
  startGitops,
} from './gitops/start.ts';

const APPLY = 'flux-engine apply eni-config.yaml';
const PRUNE = 'flux-engine prune eni-config.yaml';

const done = (what: string) => ({ code: 0, stdout: `ConfigMap/kube-system/eni-config ${what}\n` });
const CONFIGURED = done('configured');
const UNCHANGED = done('unchanged');

t.test('Flux', async (t) => {
  const gitops = await startGitops(await findOrBuildFluxEngine());
  const { cluster } = gitops;
  t.teardown(() => cluster.stop());

  await t.test('with a default that Git lacks, and after an edit by hand', async (t) => {
    const { transcript, type } = await gitops.begin(WITHOUT_DEFAULT, BASE_VENDOR);
    t.match(await type(APPLY), CONFIGURED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    const before = await gitops.resourceVersion();
    t.match(await type(APPLY), UNCHANGED);
    t.equal(await gitops.resourceVersion(), before, 'nothing was written');

    t.match(await cluster.edit(transcript, [addSnat]), { code: 0 });
    t.match(await type(APPLY), CONFIGURED);
    t.same(await cluster.stored(), WITH_DEFAULT, 'the edit is undone');
    t.match(await type(APPLY), UNCHANGED);
    await transcript.matchesGolden(t, 'gitops-flux-default-added');
  });

  await t.test('with what kubectl applied, and 10-terway.conf laid out otherwise', async (t) => {
    const { transcript, type } = await gitops.begin(LAID_OUT_ANEW, BASE_VENDOR);
    t.match(await type('kubectl apply -f eni-config.yaml'), { code: 0 });
    t.match(await type(APPLY), CONFIGURED, "it takes over what is kubectl's");
    t.same(await cluster.stored(), WITH_DEFAULT, 'the white space is put back');
    t.match(await type(APPLY), UNCHANGED);
    await transcript.matchesGolden(t, 'gitops-flux-layout');
  });

  await t.test('with a chain that is refused', async (t) => {
    const { transcript, type } = await gitops.begin(REFUSED, WITH_DEFAULT);
    const refused = /dry-run failed \(Invalid\): .*there is no plugin\s+"portmapp"/s;
    t.match(await type(APPLY), { code: 1, stderr: refused });
    // With force Flux takes the refusal for an immutable field, and deletes the object first.
    const forced = 'flux-engine apply --force eni-config.yaml';
    t.match(await type(forced), { code: 1, stderr: /failed to delete object/ });
    t.same(await cluster.stored(), WITH_DEFAULT);
    await transcript.matchesGolden(t, 'gitops-flux-refused');
  });

  await t.test('with force, where deleting is not refused and the chain is', async (t) => {
    await gitops.guardedBy(t, { rules: { 'object-deleted': 'off' } });
    const { transcript, type } = await gitops.begin(REFUSED, WITH_DEFAULT);
    t.equal((await type('flux-engine apply --force eni-config.yaml')).code, 1);
    t.equal(await cluster.stored(), undefined, 'the object is gone');
    await transcript.matchesGolden(t, 'gitops-flux-force');
  });

  await t.test('with nothing but the chain in Git', async (t) => {
    const { transcript, type } = await gitops.begin(CHAIN_ALONE, BASE_VENDOR);
    t.match(await type(APPLY), CONFIGURED);
    t.same(await cluster.stored(), WITH_DEFAULT);
    t.match(await type(APPLY), UNCHANGED);
    await transcript.matchesGolden(t, 'gitops-flux-chain-alone');
  });

  await t.test('when Git no longer has eni-config', async (t) => {
    const { transcript, type } = await gitops.begin(WITH_DEFAULT, WITH_DEFAULT);
    t.match(await type(APPLY), UNCHANGED);
    t.match(await type(PRUNE), { code: 1, stderr: /delete failed/ });
    const option = 'kustomize.toolkit.fluxcd.io/prune=disabled';
    await type(`kubectl annotate cm eni-config -n kube-system ${option}`);
    t.match(await type(PRUNE), done('skipped'));
    t.same(await cluster.stored(), WITH_DEFAULT);
    await transcript.matchesGolden(t, 'gitops-flux-prune');
  });

  await t.test('with defaults off', async (t) => {
    await gitops.guardedBy(t, { defaults: { mode: 'off' } });
    const { transcript, type } = await gitops.begin(WITHOUT_DEFAULT, BASE_VENDOR);
    t.match(await type(APPLY), CONFIGURED);
    t.same(await cluster.stored(), WITHOUT_DEFAULT);
    t.match(await type(APPLY), UNCHANGED);
    await transcript.matchesGolden(t, 'gitops-flux-defaults-off');
  });
});

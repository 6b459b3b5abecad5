import { t } from 'tap';

import { GOOD, WRONG_TYPE } from '../support/config-maps.ts';
import { waitFor } from '../support/wait.ts';
import { allowEditing, startAskingCluster } from './asking-cluster.ts';
import { Transcript } from './controlplane/transcript.ts';
import { manifest } from './guarded-cluster.ts';

const TARGET = 'cm eni-config -n kube-system';

/** What a guard that enforces refuses, every line of it. */
const LINES = [
  `kubectl annotate ${TARGET} eni-config-guard/bypass-reason=forged ` +
    "eni-config-guard/bypass-until=$(date -u -d '+1 hour' +%FT%TZ)",
  'kubectl apply --server-side --force-conflicts -f broken.yaml',
  `kubectl patch ${TARGET} -p '{"data":{"eni_conf":null}}'`,
  `kubectl delete ${TARGET}`,
];

for (const mode of ['enforce', 'warn', 'audit']) {
  t.test(`mode ${mode}`, async (t) => {
    const cluster = await startAskingCluster({ facts: { terwayVersion: '1.15.2' }, mode });
    t.teardown(() => cluster.stop());
    const ann = { kubeconfig: await allowEditing(cluster.plane, 'ann@example.com') };
    await cluster.file('broken.yaml', manifest(WRONG_TYPE));
    await cluster.store(GOOD);
    const before = (await cluster.guard.log()).length;
    const transcript = new Transcript();
    for (const line of LINES) {
      const output = await cluster.type(transcript, line, ann);
      t.match(output, { code: mode === 'enforce' ? 1 : 0 }, line);
      t.equal(output.stderr.includes('Warning'), mode === 'warn', 'warnings are for mode warn');
    }
    await transcript.matchesGolden(t, `mode-${mode}`);

    // An answer is sent before it is logged.
    const severity = mode === 'enforce' ? 'deny' : mode;
    for (const rule of ['bypass-refused', 'field-type', 'eni-conf-missing', 'object-deleted']) {
      const mark = `{"rule":"${rule}","severity":"${severity}","unmodified":"deny"`;
      await waitFor(`${rule} in the log, as what it is and would be`, 5_000, async () => {
        const log = (await cluster.guard.log()).slice(before);
        return log.includes(mark) ? log : undefined;
      });
    }
  });
}

import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { asJson } from '../../../../src/engine/report/lint-json.ts';
import { asJunit } from '../../../../src/engine/report/lint-junit.ts';
import type { LintReport } from '../../../../src/engine/report/lint-report.ts';
import { asText } from '../../../../src/engine/report/lint-text.ts';
import { judge } from '../../../../src/manifests/judge.ts';
import { readManifests } from '../../../../src/manifests/read.ts';
import { ALL_FACTS } from '../../../support/all-facts.ts';
import { configMap } from '../../../support/changes.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { yamlManifest } from '../../../support/manifests.ts';
import { WEBHOOK } from '../../../support/running-app.ts';

/** An object that nothing is said of, as it is or compared with what it was. */
function goodReport(isCompared: boolean): LintReport {
  const before = configMap(BASE_VETH);
  const [object] = readManifests({ name: 'a.yaml', text: yamlManifest(before) }).objects;
  const old = isCompared ? before : undefined;
  const judged = judge(object!, old, { ...WEBHOOK, facts: ALL_FACTS });
  return { objects: [judged], facts: ALL_FACTS, version: '1.2.3' };
}

t.test('nothing to judge, and nothing to say', async (t) => {
  const empty = { objects: [], facts: NO_FACTS, version: '1.2.3' };
  t.equal(asText(empty, { isColoured: false }), '');
  const text = asText(goodReport(false), { isColoured: false });
  t.equal(text, '1 eni-config: nothing that would be refused\n');
});

t.test('a good object passes, as a state or as a change', async (t) => {
  for (const isCompared of [false, true]) {
    t.match(asJson(goodReport(isCompared)), '"verdict": "allow"');
    t.match(asJson(goodReport(isCompared)), `"judged": "${isCompared ? 'change' : 'state'}"`);
    t.notMatch(asJunit(goodReport(isCompared)), /<failure/);
  }
});

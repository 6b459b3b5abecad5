import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import {
  type StatusReport,
  asJson,
  asText,
  isAllWell,
} from '../../../../src/engine/report/status-text.ts';
import { configMap } from '../../../support/changes.ts';
import { GOOD } from '../../../support/config-maps.ts';
import { finding, verdict } from '../../../support/decided-findings.ts';

const report = (members: Partial<StatusReport> = {}): StatusReport => ({
  object: configMap(GOOD),
  verdict: verdict(),
  facts: NO_FACTS,
  hasTerway: true,
  unknown: [],
  refusedWriters: [],
  ...members,
});

const RESTART = 'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';
const DENIED = verdict(finding(), finding({ severity: 'warn', baseSeverity: 'warn' }));
const IDLE = verdict(finding({ impact: 'no-effect' }));

t.test('nothing known, nothing stored', async (t) => {
  t.same(asText(report({ object: undefined })).split('\n'), [
    'kube-system/eni-config does not exist',
    '',
    'Known of the cluster: nothing',
    '',
    `Terway pods can restart on this: ${RESTART}`,
    '',
  ]);
  t.match(JSON.parse(asJson(report({ object: undefined }))), {
    exists: false,
    verdict: 'allow',
    safeToRestart: true,
  });
});

t.test('an object with a problem and a remark', async (t) => {
  const text = asText(report({ verdict: DENIED, unknown: ['terway: no answer'] }));
  t.match(text, /^kube-system\/eni-config: 1 problem, 1 remark\n\* deny: data\[10-terway/);
  t.match(text, /\nNot known:\n {2}terway: no answer\n/);
  t.match(text, /\nDo not restart Terway pods, and add no nodes, until this is mended\.\n$/);
  t.match(JSON.parse(asJson(report({ verdict: DENIED }))), {
    exists: true,
    verdict: 'deny',
    safeToRestart: false,
    findings: [{ rule: 'plugin-typo', message: 'this is wrong', fix: 'mend it' }, {}],
    findingsOmitted: 0,
  });
});

t.test('what was not asked for stands nowhere in the JSON', async (t) => {
  const json = asJson(report({ hasTerway: undefined }));
  const names = Object.keys(JSON.parse(json) as object);
  t.notOk(names.includes('hasTerway'));
  t.notOk(names.includes('isReconfigured'));
  t.match(JSON.parse(asJson(report({ isReconfigured: false }))), { isReconfigured: false });
});

t.test('what is refused and yet ignored takes nothing down', async (t) => {
  t.match(asText(report({ verdict: IDLE })), /\nNodes and pods start on this, but a part of it/);
  t.match(JSON.parse(asJson(report({ verdict: IDLE }))), {
    verdict: 'deny',
    safeToRestart: true,
  });
});

t.test('what nodes run is told in a line, and since when a restart is due', async (t) => {
  const counts = { former: 0, unknown: 0, unsure: 0, current: 3, ignored: 1 };
  const lineOf = (nodes: StatusReport['nodes']) =>
    asText(report({ nodes }))
      .split('\n')
      .filter((line) => /Chain of|restart of Terway/.test(line));
  t.same(lineOf({ counts }), ['Chain of 4 nodes: 3 current and 1 ignored']);
  t.same(lineOf({ counts: { ...counts, current: 0, ignored: 0 } }), []);
  t.same(lineOf(undefined), []);
  const half = { counts: { ...counts, former: 2 }, restartDueSince: Date.UTC(2026, 0, 2, 3, 4, 5) };
  t.same(lineOf(half), [
    'Chain of 6 nodes: 2 former, 3 current and 1 ignored; which ones: eni-config-guard nodes',
    '  a restart of Terway is due there since 2026-01-02T03:04:05Z',
  ]);
  t.match(JSON.parse(asJson(report({ nodes: half }))), {
    nodes: { former: 2, current: 3, restartDueSince: '2026-01-02T03:04:05.000Z' },
  });
});

t.test('a configuration of the guard that was changed past Helm is told', async (t) => {
  const told = /guard's own ConfigMap was changed past Helm/;
  t.match(asText(report({ isReconfigured: true })), told);
  t.notMatch(asText(report({ isReconfigured: false })), told);
  t.match(JSON.parse(asJson(report({ isReconfigured: false }))), { isReconfigured: false });
});

t.test('what nodes name with their labels is told of each', async (t) => {
  const object = configMap({ eni_conf: '{"max_pool_size": "10"}' });
  const overlays = [
    { name: 'gone', nodes: 2, object: undefined, verdict: verdict() },
    { name: 'empty', nodes: 1, object: configMap({ note: 'x' }), verdict: verdict() },
    { name: 'good', nodes: 1, object, verdict: verdict() },
    { name: 'wrong', nodes: 3, object, verdict: DENIED },
  ];
  const text = asText(report({ overlays }));
  t.match(text, /\n\nMerged over it, on nodes with the label terway-config:\n/);
  t.match(text, /\ngone \(2 nodes\): there is no such ConfigMap; these nodes go on with/);
  t.match(text, /\nempty \(1 node\): 0 problems, 0 remarks; it has no eni_conf; these nodes/);
  t.match(text, /\ngood \(1 node\): 0 problems, 0 remarks\n/);
  t.match(text, /\nwrong \(3 nodes\): 1 problem, 1 remark\n\* deny: /);
  t.notMatch(text, 'max_pool_size');
  t.match(JSON.parse(asJson(report({ overlays }))), {
    overlays: [
      { name: 'gone', nodes: 2, exists: false, dangling: true },
      { exists: true, dangling: true },
      { dangling: false, verdict: 'allow' },
      { dangling: false, verdict: 'deny', findings: [{}, {}], findingsOmitted: 0 },
    ],
  });
});

t.test('how many ConfigMaps were not read is told', async (t) => {
  const object = configMap({ eni_conf: '{}' });
  const overlays = [{ name: 'good', nodes: 1, object, verdict: verdict() }];
  t.match(asText(report({ overlays, overlaysOmitted: 3 })), /\nand 3 more ConfigMaps, not read\n/);
  t.notMatch(asText(report({ overlays })), 'not read');
  t.match(JSON.parse(asJson(report({ overlays, overlaysOmitted: 3 }))), { overlaysOmitted: 3 });
});

t.test('all is well when it is for all nodes', async (t) => {
  const object = configMap({ eni_conf: '{}' });
  const good = { name: 'good', nodes: 1, object, verdict: verdict() };
  t.equal(isAllWell(report()), true);
  t.equal(isAllWell(report({ verdict: DENIED })), false);
  t.equal(isAllWell(report({ overlays: [good] })), true);
  t.equal(isAllWell(report({ overlays: [good, { ...good, verdict: DENIED }] })), false);
  t.equal(isAllWell(report({ overlays: [{ ...good, object: undefined }] })), false);
});

t.test('of many findings 20 are told', async (t) => {
  const many = verdict(...Array.from({ length: 21 }, () => finding()));
  t.match(asText(report({ verdict: many })), /\n\* and 1 more finding\n/);
  t.match(JSON.parse(asJson(report({ verdict: many }))), { findingsOmitted: 1 });
});

t.test('who had writes refused is told with the setting to paste', async (t) => {
  const user = 'system:serviceaccount:kube-system:ack-upgrade';
  const lastMs = Date.UTC(2026, 0, 1);
  const writers = [{ user, count: 3, lastMs, rules: ['conf-changed', 'first-entry-differs'] }];
  const text = asText(report({ refusedWriters: writers }));
  t.match(
    text,
    `  ${user}: 3 times, last 2026-01-01T00:00:00.000Z: conf-changed, first-entry-differs\n`,
  );
  t.match(text, `  config: {exempt: {users: ["${user}"]}}\n`);
  t.match(JSON.parse(asJson(report({ refusedWriters: writers }))), {
    refusedWriters: [{ user, count: 3, last: '2026-01-01T00:00:00.000Z', rules: ['conf-changed'] }],
  });
  t.match(asText(report({ refusedWriters: undefined })), /is not known: may you get events\?/);
});

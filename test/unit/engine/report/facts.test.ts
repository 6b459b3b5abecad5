import t from 'tap';
import { knownFacts } from '../../../../src/engine/core/fact-table.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { summarizeFacts } from '../../../../src/engine/report/facts-fields.ts';
import { asJson } from '../../../../src/engine/report/facts-json.ts';
import { asText } from '../../../../src/engine/report/facts-text.ts';
import * as status from '../../../../src/engine/report/status-text.ts';
import { reviewStored } from '../../../../src/engine/rules/index.ts';
import { ALL_FACTS } from '../../../support/all-facts.ts';
import { configMap } from '../../../support/changes.ts';
import { GOOD } from '../../../support/config-maps.ts';

/** Every place that shows facts shows all of them, under the same names. */

const NAMES = [
  'terway',
  'terwayDaemonSet',
  'terwayUpdates',
  'kubeProxyMode',
  'nodesWithoutKubeProxy',
  'exclusiveEniNodes',
  'datapath',
  'kubelet',
  'plugins.portmap',
  'plugins.tuning',
  'plugins.vrf',
  'probedNodes',
];

type ByName = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const factsIn = (json: string) => (JSON.parse(json) as { readonly facts: ByName }).facts;

function reportOfStatus() {
  return {
    object: configMap(GOOD),
    verdict: reviewStored(configMap(GOOD), ALL_FACTS, DEFAULT_POLICY),
    facts: ALL_FACTS,
    unknown: [],
    hasTerway: true,
  };
}

t.test('log, status and facts have every fact by the same name', async (t) => {
  t.same(Object.keys(summarizeFacts(ALL_FACTS)), NAMES);
  const statusReport = reportOfStatus();
  t.same(Object.keys(factsIn(status.asJson(statusReport))), NAMES);
  t.same(Object.keys(factsIn(asJson({ facts: ALL_FACTS, unknown: [] }))), NAMES);
  const text = status.asText(statusReport);
  for (const name of NAMES) t.match(text, new RegExp(`^  ${name} `, 'm'));
});

t.test('the log and status show a short value each', async (t) => {
  const probed = { origin: 'as probed', ageSeconds: 10 };
  const labels = { origin: "from the nodes' labels", ageSeconds: 10 };
  const namespace = { origin: 'from namespace kube-system', ageSeconds: 10 };
  t.same(summarizeFacts(ALL_FACTS), {
    terway: {
      value: '1.14.3',
      origin: 'from the pods of DaemonSet terway-eniip',
      ageSeconds: 10,
    },
    terwayDaemonSet: { value: 'terway-eniip', ...namespace },
    terwayUpdates: { value: 'OnDelete', ...namespace },
    kubeProxyMode: { value: 'ipvs', origin: 'from ConfigMap kube-proxy', ageSeconds: 10 },
    nodesWithoutKubeProxy: { value: 1, ...labels },
    exclusiveEniNodes: { value: 2, ...labels },
    datapath: { value: 'veth', origin: "from the guard's configuration" },
    kubelet: { value: '1.34.1', origin: 'from the nodes', ageSeconds: 10 },
    'plugins.portmap': {
      value: '1.7.1',
      origin: 'from kubelet v1.34.1',
      ageSeconds: 10,
      estimate: true,
    },
    'plugins.tuning': { value: '1.6.2', origin: "from the guard's configuration" },
    'plugins.vrf': { value: '1.7.1', ...probed },
    probedNodes: { value: 3, ...probed },
  });
  t.same(summarizeFacts(NO_FACTS), {});
});

t.test('facts --output json says the same, and what is known of single nodes', async (t) => {
  const report = JSON.parse(asJson({ facts: ALL_FACTS, unknown: ['terway: no answer'] })) as {
    readonly facts: ByName;
  };
  t.match(report, { schema: 1, asOf: '2026-01-01T00:00:00.000Z', unknown: ['terway: no answer'] });
  for (const [name, summary] of Object.entries(summarizeFacts(ALL_FACTS))) {
    t.match(report.facts[name], summary, name);
  }
  const { terway, datapath, nodesWithoutKubeProxy, probedNodes } = report.facts;
  t.equal(terway?.learntAt, '2025-12-31T23:59:50.000Z');
  t.same(terway?.nodes, [
    { version: '1.14.3', count: 1, names: ['a'] },
    { version: '1.17.0', count: 2, names: ['b', 'c'] },
    { version: null, count: 1, names: ['d'] },
  ]);
  t.same(datapath, { value: 'veth', origin: "from the guard's configuration" });
  t.same(nodesWithoutKubeProxy?.names, ['d']);
  t.match(probedNodes, {
    present: ['portmap', 'vrf'],
    missing: [{ binary: 'vrf', count: 1, names: ['a'] }],
    truncatedOn: { count: 1, names: ['c'] },
  });
});

t.test('facts as a person reads them', async (t) => {
  const text = asText({ facts: ALL_FACTS, unknown: ['terway: no answer'] });
  t.same(text.split('\n'), [
    'Terway              1.14.3 (from the pods of DaemonSet terway-eniip, seen 10 s ago)',
    '                    1.14.3 on 1 of 4 nodes (a)',
    '                    1.17.0-d7c63c9e on 2 of 4 nodes (b, c)',
    '                    unknown on 1 of 4 nodes (d)',
    'Terway DaemonSet    terway-eniip (from namespace kube-system, seen 10 s ago)',
    'Terway updates      OnDelete (from namespace kube-system, seen 10 s ago)',
    'kube-proxy mode     ipvs (from ConfigMap kube-proxy, seen 10 s ago)',
    "without kube-proxy  1 node (d) (from the nodes' labels, seen 10 s ago)",
    "exclusive ENI       2 nodes (e, f) (from the nodes' labels, seen 10 s ago)",
    "datapath            veth (from the guard's configuration)",
    'oldest kubelet      1.34.1-aliyun.1 (from the nodes, seen 10 s ago)',
    'portmap             1.7.1 (estimated from kubelet v1.34.1, seen 10 s ago)',
    "tuning              1.6.2 (from the guard's configuration)",
    'vrf                 1.7.1 (as probed 10 s ago)',
    '                    1.7.1 on all 3 nodes',
    '                    and perhaps more: nodes have not been listed',
    'plugin binaries     2 found on 3 nodes (as probed 10 s ago)',
    '                    portmap, vrf',
    '                    and more on 1 of 3 nodes (c)',
    '                    vrf missing on 1 of 3 nodes (a)',
    '',
    'not known:',
    '  terway: no answer',
    '',
  ]);
  t.equal(asText({ facts: NO_FACTS, unknown: [] }), 'nothing is known of the cluster\n');
});

t.test('facts of no snapshot, and binaries that could all be named', async (t) => {
  t.equal('asOf' in (JSON.parse(asJson({ facts: NO_FACTS, unknown: [] })) as object), false);
  const { truncatedOn, ...value } = ALL_FACTS.binaries.value;
  t.ok(truncatedOn);
  const facts = { ...ALL_FACTS, binaries: { ...ALL_FACTS.binaries, value } };
  t.notMatch(asText({ facts, unknown: [] }), /and more on/);
  t.match(asText({ facts, unknown: [] }), /vrf missing on 1 of 3 nodes/);
});

t.test('what a cluster calls a plugin is printable and short', async (t) => {
  const type = `\u001b[2J${'n'.repeat(100)}`;
  const plugins = new Map([...ALL_FACTS.plugins].map(([, fact]) => [type, fact]));
  const [fact] = knownFacts({ plugins });
  t.match(fact?.row.name, /^plugins\.[\x20-\x7e]{1,60}$/);
  t.match(fact?.row.label, /^[\x20-\x7e]{1,60}$/);
});

t.test('status says when there is no Terway to restart', async (t) => {
  const statusReport = reportOfStatus();
  t.match(status.asText(statusReport), /^Terway pods can restart on this: kubectl rollout/m);
  const without = { ...statusReport, hasTerway: false };
  const text = status.asText(without);
  t.match(
    text,
    /^There is no Terway in this cluster: no DaemonSet terway-eniip, terway-eni or terway/m,
  );
  t.notMatch(text, 'rollout restart');
  t.match(JSON.parse(status.asJson(without)), { schema: 1, hasTerway: false });
  t.notMatch(status.asJson({ ...statusReport, hasTerway: undefined }), 'hasTerway');
});

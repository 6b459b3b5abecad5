import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { renderNodeFile } from '../../../../src/engine/rendering/node-file.ts';
import { summaryOf } from '../../../../src/rollout/nodes/attention.ts';
import { readClusterNodes } from '../../../../src/rollout/nodes/cluster-nodes.ts';
import { type ClusterReport, asJson } from '../../../../src/rollout/nodes/nodes-json.ts';
import { asText } from '../../../../src/rollout/nodes/nodes-text.ts';
import { verifyNodes } from '../../../../src/rollout/nodes/verify.ts';
import type { ChainPast } from '../../../../src/rollout/nodes/chain-periods.ts';
import { FAILURES } from '../../../support/answering-api.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { keepsContract } from '../../../support/contract.ts';
import { documentedFields } from '../../../support/documented-fields.ts';
import { type FakeCluster, clusterApi } from './cluster-api.ts';
import { terwayPodJson } from './pods.ts';

const DATA = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const NEWER = 'registry.example.com/acs/terway:v1.18.0';

const pod = (node: string, init = '11:00', options = {}) =>
  terwayPodJson({ node, init: [init, init], ...options });

const CLUSTER: FakeCluster = {
  data: DATA,
  written: '10:00',
  nodes: {
    good: {},
    older: {},
    podless: {},
    down: {},
    starting: {},
    eni: { 'k8s.aliyun.com/exclusive-mode-eni-type': 'eniOnly' },
    windows: { 'kubernetes.io/os': 'windows' },
    virtual: { type: 'virtual-kubelet' },
    overlaid: { 'terway-config': 'pool-a' },
    'overlaid-new': { 'terway-config': 'pool-a' },
  },
  pods: [
    pod('good'),
    pod('older', '09:00'),
    pod('down', '11:00', { ready: false }),
    pod('starting', '', { initState: { waiting: { reason: 'CrashLoopBackOff' } }, ready: false }),
    pod('eni'),
    pod('overlaid'),
    pod('overlaid-new', '11:00', { image: NEWER }),
  ],
  plugins: { good: 'v1.7.1', older: 'v1.6.2' },
};

const reportOf = async (cluster: FakeCluster): Promise<ClusterReport> => {
  const read = await readClusterNodes(clusterApi(cluster).api, { probeNamespace: 'kube-system' });
  return { context: undefined, cluster: read, shown: read.nodes };
};
const text = (...reports: readonly ClusterReport[]) => [...asText(reports)].join('');

t.test('a table of nodes, what needs attention first', async (t) => {
  t.same(text(await reportOf(CLUSTER)).split('\n'), [
    'NODE          CHAIN    TERWAY  READ AT               POD                                DATAPATH       PLUGINS                REMARK',
    "down          unsure   1.15.2  2026-11-25T11:00:00Z  terway-eniip-down (not ready)      unknown        -                      Terway's daemon is not ready since its init container ran, so a former chain may be there",
    'podless       unknown  -       -                     -                                  unknown        -                      it has no Terway pod',
    'starting      unknown  1.15.2  -                     terway-eniip-starting (not ready)  unknown        -                      the init container of its Terway pod waits: CrashLoopBackOff',
    'older         unknown  1.15.2  2026-11-25T09:00:00Z  terway-eniip-older                 unknown        1.6.2                  its init container ran before the last write of eni-config, and there is no history',
    'overlaid-new  unsure   1.18.0  2026-11-25T11:00:00Z  terway-eniip-overlaid-new          unknown        -                      its label terway-config names "pool-a", and what cni_chain stood there is not kept; overlay pool-a',
    'good          current  1.15.2  2026-11-25T11:00:00Z  terway-eniip-good                  veth           1.7.1, 1.6.2 (tuning)',
    'overlaid      current  1.15.2  2026-11-25T11:00:00Z  terway-eniip-overlaid              veth           -                      overlay pool-a',
    'eni           ignored  1.15.2  2026-11-25T11:00:00Z  terway-eniip-eni                   exclusive-eni  -                      a node in exclusive-ENI mode does not read the chain',
    'virtual       ignored  -       -                     -                                  virtual        -                      a virtual node has no Terway',
    'windows       ignored  -       -                     -                                  windows        -                      a Windows node does not read the chain',
    '',
    '10 nodes: 3 unknown, 2 unsure, 2 current and 3 ignored',
    'eni-config was last written at 2026-11-25T10:00:00Z (managedFields); without a history nothing is known of what it held before.',
    'Nodes get the chain that is stored when Terway restarts there: eni-config-guard rollout',
    '',
  ]);
});

t.test('the same as JSON, a node a line', async (t) => {
  const report = await reportOf(CLUSTER);
  const failed = { context: 'b', failure: 'no answer' };
  const json = [...asJson([report, failed])].join('');
  const { schema, clusters } = JSON.parse(json) as {
    readonly schema: number;
    readonly clusters: readonly { readonly nodes: readonly { readonly name: string }[] }[];
  };
  t.equal(schema, 1);
  t.match(clusters[0], {
    terwayDaemonSet: 'terway-eniip',
    chain: { knownBy: 'managed-fields', currentSince: '2026-11-25T10:00:00.000Z' },
    counts: { former: 0, unknown: 3, unsure: 2, current: 2, ignored: 3 },
  });
  t.match(
    clusters[0]?.nodes.find(({ name }) => name === 'good'),
    {
      mode: 'chain',
      chain: 'current',
      pod: {
        name: 'terway-eniip-good',
        ready: true,
        terway: '1.15.2',
        initEndedAt: '2026-11-25T11:00:00.000Z',
      },
      datapath: 'veth',
      datapathBecause: 'the terway entry has no eniip_virtual_type',
      plugins: [{ name: 'portmap', version: 'v1.7.1' }, { name: 'terway' }, {}],
    },
  );
  t.same(clusters[1], failed);
  t.equal(json.split('\n').filter((line) => line.startsWith('{"name"')).length, 10);
});

t.test('several clusters have a heading each', async (t) => {
  const small = { ...CLUSTER, nodes: { good: {} } };
  const report = await reportOf(small);
  const shown = text({ ...report, context: 'a' }, { context: 'b\u001b[31m', failure: 'no answer' });
  t.match(shown, /^context a:\nNODE {2}CHAIN [^]*\n1 node: 1 current\n/);
  t.match(shown, '\n\ncontext b\\u001b[31m:\nno answer\n');
  t.notMatch(shown, 'Nodes get the chain', 'nothing is to be done');
});

t.test('what can not be read is told, and the rest is read', async (t) => {
  const failures = { '/controllerrevisions': FAILURES.forbidden };
  const { unknown, nodes } = await readClusterNodes(clusterApi({ ...CLUSTER, failures }).api, {
    probeNamespace: 'kube-system',
  });
  t.match(unknown, [/^node probe: no right to do this$/]);
  t.equal(nodes.length, 10);
  const denied = clusterApi({ ...CLUSTER, failures: { '/nodes': FAILURES.forbidden } });
  await t.rejects(readClusterNodes(denied.api), FAILURES.forbidden);
});

t.test('of two DaemonSets of Terway one is looked at, and that is told', async (t) => {
  const { api } = clusterApi({ ...CLUSTER, daemonSets: ['terway-eniip', 'terway-eni'] });
  const { daemonSet, unknown } = await readClusterNodes(api);
  t.equal(daemonSet?.name, 'terway-eniip');
  t.match(unknown, [
    /^what Terway's pods of DaemonSet terway-eni read: terway-eniip is there, too$/,
  ]);
});

t.test('a cluster without eni-config, history or managed fields', async (t) => {
  const { nodes: some, pods } = CLUSTER;
  const bare = { nodes: some, pods };
  const { nodes, past } = await readClusterNodes(clusterApi(bare).api);
  t.match(summaryOf(nodes, past).counts, { current: 0, unknown: 6 });
  t.match(text(await reportOf(bare)), /is not known: it has no managedFields/);
});

const printed = (data: Readonly<Record<string, string>>) => {
  const file = renderNodeFile(configMap(data), 'veth', { facts: NO_FACTS });
  return `config {"access_secret": "SECRET"}\n${file.kind === 'file' ? file.text : ''}Init\n`;
};

t.test('what init containers printed proves what nodes run', async (t) => {
  const names = ['same', 'other', 'old', 'silent', 'lost', 'unready'];
  const cluster: FakeCluster = {
    ...CLUSTER,
    nodes: {
      ...Object.fromEntries(names.map((name) => [name, {}])),
      windows: CLUSTER.nodes.windows!,
    },
    pods: [
      pod('same', '09:00'),
      pod('other', '11:00'),
      pod('old', '11:00', { image: 'acs/terway:v1.10.2' }),
      pod('silent'),
      pod('lost'),
      pod('unready', '11:00', { ready: false }),
    ],
    logs: {
      'terway-eniip-same': printed(DATA),
      'terway-eniip-other': printed(BASE_VETH),
      'terway-eniip-unready': printed(DATA),
      'terway-eniip-silent': 'config {"access_secret": "SECRET"}\n',
    },
    failures: { 'terway-eniip-lost/log': FAILURES.broken },
  };
  const { api, calls } = clusterApi(cluster);
  const read = await readClusterNodes(api);
  let seen = 0;
  const nodes = await verifyNodes(api, read, () => (seen += 1));
  t.equal(seen, names.length);
  t.match(
    Object.fromEntries(
      nodes.map(({ name, chain, verification }) => [name, { chain, verification }]),
    ),
    {
      same: { chain: { state: 'current' }, verification: { outcome: 'same', datapath: 'veth' } },
      other: {
        chain: { state: 'former', why: 'what its init container printed is not what is stored' },
        verification: { outcome: 'other', differences: ['portmap removed'] },
      },
      old: {
        chain: { state: 'current' },
        verification: {
          outcome: 'unseen',
          why: 'Terway 1.10.2 does not print the chain; 1.11.5 and newer do',
        },
      },
      silent: { verification: { why: 'the log of its init container holds no chain' } },
      lost: { verification: { why: 'a fault of the server' } },
      unready: { chain: { state: 'unsure' }, verification: { outcome: 'same' } },
      windows: { chain: { state: 'ignored' } },
    },
  );
  const shown = text({ context: undefined, cluster: read, shown: nodes });
  t.match(shown, /^same .* seen in its log$/m);
  t.match(shown, /^other .*; portmap removed$/m);
  t.match(shown, /^lost .* not verified: a fault of the server$/m);
  t.notMatch(
    `${shown}${[...asJson([{ context: undefined, cluster: read, shown: nodes }])].join('')}`,
    'SECRET',
  );
  const json = (report: ClusterReport) => JSON.parse([...asJson([report])].join('')) as object;
  const past: ChainPast = {
    origin: 'history',
    periods: [{ since: 0, chain: 'former', object: configMap(BASE_VETH), revision: 7 }],
  };
  const proven = await verifyNodes(api, { ...read, past });
  t.match(
    proven.find(({ name }) => name === 'other')?.chain,
    { state: 'former', period: { revision: 7 } },
    'it is the text of a revision',
  );
  keepsContract(t, 'nodes', documentedFields('json-outputs.md', 'nodes'), [
    json({ context: 'a', cluster: { ...read, past, unknown: ['x'] }, shown: proven }),
    json(await reportOf(CLUSTER)),
    json({ context: 'b', failure: 'no answer' }),
  ]);
  t.match(
    calls.find(({ path }) => path.endsWith('terway-eniip-same/log')),
    { query: { container: 'terway-init', tailLines: '4000' } },
  );
});

t.test('without the right to read logs nothing is verified, and that is said', async (t) => {
  const { api } = clusterApi({ ...CLUSTER, failures: { '/log': FAILURES.forbidden } });
  await t.rejects(verifyNodes(api, await readClusterNodes(api)), FAILURES.forbidden);
});

t.test('logs are read side by side, and no more than sixteen at a time', async (t) => {
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
  const { api } = clusterApi({
    ...CLUSTER,
    nodes: Object.fromEntries(names.map((name) => [name, {}])),
    pods: names.map((name) => pod(name)),
  });
  const cluster = await readClusterNodes(api);
  let [now, most] = [0, 0];
  const call = async () => {
    most = Math.max(most, (now += 1));
    await turn();
    now -= 1;
    return printed(DATA);
  };
  const nodes = await verifyNodes({ call } as unknown as typeof api, cluster);
  t.ok(nodes.every(({ verification }) => verification?.outcome === 'same'));
  t.equal(most, 16);
});

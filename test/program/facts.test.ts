import { readFileSync } from 'node:fs';
import t from 'tap';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import type { Test } from 'tap';
import { type ProbeResult, encodeProbeResult } from '../../src/probe/result.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { keepsContract } from '../support/contract.ts';
import { misbehaving } from '../support/misbehaving-api-server.ts';
import { startProgram } from '../support/program.ts';

const NODES = ['v1.33.3', 'v1.34.1'].map((kubeletVersion, index) => ({
  metadata: { name: `node-${index}` },
  status: { nodeInfo: { kubeletVersion } },
}));

/** Runs `facts` against a server that has what `find` gives (a list, an object) and refuses the rest. */
async function facts(
  t: Test,
  find: (path: string, selector: string) => object | undefined,
  ...args: readonly string[]
) {
  const paths = new Set<string>();
  const { kubeconfig } = await misbehaving(t, ({ url = '' }: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(url, 'https://localhost');
    paths.add(pathname);
    const selector = searchParams.get('fieldSelector') ?? searchParams.get('labelSelector');
    const found = find(pathname, selector ?? '');
    const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'not for you' };
    const list = { metadata: { resourceVersion: '1' }, items: found };
    const body = Array.isArray(found) ? list : (found ?? refusal);
    response.writeHead(found ? 200 : 403).end(JSON.stringify(body));
  });
  const program = startProgram(
    t,
    ['facts', '--kubeconfig', kubeconfig, ...args],
    dirname(kubeconfig),
  );
  const { code } = await program.exit();
  const stdout = program.stdout().replaceAll(/just now|\d+ s ago/g, '<age>');
  return { code, stdout, stderr: program.stderr(), paths };
}

const nodesOnly = (path: string) => (path === '/api/v1/nodes' ? NODES : undefined);

t.test(
  'what can be read is printed, estimates as such, and the rest with its reason',
  async (t) => {
    const { code, stdout, stderr } = await facts(t, nodesOnly);
    t.equal(stderr, '');
    t.equal(code, 0);
    const estimate = (name: string) => [
      `${name.padEnd(20)}1.6.2 (estimated from kubelet v1.33.3, seen <age>)`,
      '                    1.6.2 on 1 of 2 nodes (node-0)',
      '                    1.7.1 on 1 of 2 nodes (node-1)',
    ];
    const kubeSystem = '/api/v1/namespaces/kube-system';
    t.strictSame(stdout.split('\n'), [
      "without kube-proxy  0 nodes (from the nodes' labels, seen <age>)",
      "exclusive ENI       0 nodes (from the nodes' labels, seen <age>)",
      'oldest kubelet      1.33.3 (from the nodes, seen <age>)',
      ...['portmap', 'tuning', 'bandwidth', 'firewall', 'sbr', 'vrf'].flatMap(estimate),
      '',
      'not known:',
      '  terway: GET /apis/apps/v1/namespaces/kube-system/daemonsets: not for you',
      `  kube-proxy: GET ${kubeSystem}/configmaps: not for you`,
      `  node-probe: GET ${kubeSystem}/pods: not for you`,
      `  datapath: GET ${kubeSystem}/configmaps/eni-config: not for you`,
      '',
    ]);
  },
);

t.test('a cluster that tells nothing at all is an error', async (t) => {
  const { code, stdout, stderr } = await facts(t, () => undefined, '--output', 'json');
  t.equal(code, 2);
  t.equal(stdout, '');
  t.equal(
    stderr,
    [
      'eni-config-guard: nothing can be read from the cluster:',
      '  terway: GET /apis/apps/v1/namespaces/kube-system/daemonsets: not for you',
      '  kube-proxy: GET /api/v1/namespaces/kube-system/configmaps: not for you',
      '  nodes: GET /api/v1/nodes: not for you',
      '  node-probe: GET /api/v1/namespaces/kube-system/pods: not for you',
      '',
    ].join('\n'),
  );
});

t.test('the probe is looked for where it is said to be', async (t) => {
  const { paths } = await facts(t, nodesOnly, '--namespace', 'network');
  t.ok(paths.has('/api/v1/namespaces/network/pods'));
  t.notOk(paths.has('/api/v1/namespaces/kube-system/pods'));
});

const terwayPod = (nodeName: string, version: string) => ({
  metadata: { name: `terway-${nodeName}` },
  spec: { nodeName, containers: [{ name: 'terway', image: `r/terway:${version}` }] },
  status: { phase: 'Running' },
});

const probePod = (nodeName: string, result: ProbeResult) => {
  const terminated = {
    exitCode: 0,
    finishedAt: '2026-01-01T00:00:00Z',
    message: encodeProbeResult(result),
  };
  return {
    spec: { nodeName },
    status: { initContainerStatuses: [{ name: 'probe', state: { terminated } }] },
  };
};

const PORTMAP = { portmap: { version: 'v1.7.1' } };
const OBJECTS: Readonly<Record<string, readonly object[]>> = {
  'metadata.name=terway-eniip': [
    {
      metadata: { name: 'terway-eniip', generation: 2 },
      spec: {
        updateStrategy: { type: 'OnDelete' },
        selector: { matchLabels: { app: 'terway-eniip' } },
        template: { spec: terwayPod('', 'v1.15.2').spec },
      },
      status: { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 1 },
    },
  ],
  'app=terway-eniip': [terwayPod('node-0', 'v1.14.3'), terwayPod('node-1', 'v1.15.2')],
  'metadata.name=kube-proxy': [
    { metadata: { resourceVersion: '1' }, data: { 'config.conf': 'mode: ipvs' } },
  ],
  'metadata.name=eni-config-guard-node-probe': [
    { metadata: { uid: 'a' }, spec: { template: { spec: {} } } },
  ],
  'app.kubernetes.io/name=eni-config-guard,app.kubernetes.io/component=node-probe': [
    probePod('node-0', { binaries: new Map(Object.entries({ ...PORTMAP, mine: {} })) }),
    probePod('node-1', { binaries: new Map(Object.entries(PORTMAP)) }),
    probePod('node-2', { binaries: new Map(Object.entries(PORTMAP)), leftOut: 3 }),
  ],
};
const LABELS = { 'k8s.aliyun.com/no-kube-proxy': 'true' };
const MORE_NODES = [
  ...NODES,
  { ...NODES[0], metadata: { name: 'node-2', labels: LABELS } },
  { ...NODES[0], metadata: { name: 'node-3' } },
];

/** A cluster that tells everything: in the midst of a rollout, one node without a probe. */
function everything(path: string, selector: string) {
  if (path === '/api/v1/nodes') return MORE_NODES;
  if (path.endsWith('/controllerrevisions')) return [];
  return path.endsWith('/eni-config') ? { data: BASE_VETH } : (OBJECTS[selector] ?? []);
}

/** The fields of a report: `facts.*.nodes[].count`. */
function fieldsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) =>
    fieldsIn(member, path === '' ? name : `${path}.${path === 'facts' ? '*' : name}`),
  );
}

t.test('docs/facts.md names exactly the fields and facts of real reports', async (t) => {
  const reports: { readonly schema: number; readonly facts: object }[] = [];
  for (const cluster of [everything, nodesOnly]) {
    const { stdout } = await facts(t, cluster, '--output', 'json');
    reports.push(JSON.parse(stdout) as (typeof reports)[number]);
  }
  const page = readFileSync(new URL('../../docs/facts.md', import.meta.url), 'utf8');
  const [names = [], fields = []] = page
    .split(/^## /m)
    .map((part) => [...part.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!));
  const found = new Set(reports.flatMap((report) => fieldsIn(report)));
  t.same([...found].sort(), fields.toSorted());
  keepsContract(t, 'facts', fields, reports);
  const known = reports.flatMap(({ facts }) => Object.keys(facts));
  const rows = new Set(known.map((name) => name.replace(/^plugins\..*/, 'plugins.<type>')));
  t.same([...rows].sort(), names.toSorted());
  t.match(page, new RegExp(`^\\| \`schema\` +\\| ${reports[0]?.schema};`, 'm'));
});

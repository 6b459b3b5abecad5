import t from 'tap';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import type { Test } from 'tap';
import { misbehaving } from '../support/misbehaving-api-server.ts';
import { startProgram } from '../support/program.ts';

const NODES = ['v1.33.3', 'v1.34.1'].map((kubeletVersion, index) => ({
  metadata: { name: `node-${index}` },
  status: { nodeInfo: { kubeletVersion } },
}));

/** Runs `facts` against a server that lists what `itemsOf` gives, and refuses the rest. */
async function facts(
  t: Test,
  itemsOf: (path: string) => readonly object[] | undefined,
  ...args: readonly string[]
) {
  const paths = new Set<string>();
  const { kubeconfig } = await misbehaving(t, ({ url = '' }: IncomingMessage, response) => {
    const { pathname } = new URL(url, 'https://localhost');
    paths.add(pathname);
    const items = itemsOf(pathname);
    const body = items
      ? { metadata: { resourceVersion: '1' }, items }
      : { kind: 'Status', code: 403, reason: 'Forbidden', message: 'not for you' };
    response.writeHead(items ? 200 : 403).end(JSON.stringify(body));
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

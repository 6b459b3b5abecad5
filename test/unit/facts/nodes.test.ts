import t from 'tap';
import { type Node, countNodes, factsOfNodes, seenNode } from '../../../src/facts/nodes.ts';

const node = (
  name: string,
  kubeletVersion = 'v1.34.1',
  labels: Readonly<Record<string, string>> = {},
): Node => ({ metadata: { name, labels }, status: { nodeInfo: { kubeletVersion } } });

async function factsOf(...pages: (readonly Node[])[]) {
  async function* all() {
    for (const page of pages) yield page.map(seenNode);
  }
  return factsOfNodes(await countNodes(all()), 42);
}

const portmapOf = ({ plugins }: Awaited<ReturnType<typeof factsOf>>) => plugins?.get('portmap');

t.test('nodes that have nothing to do with the chain do not count', async (t) => {
  const facts = await factsOf([
    node('linux'),
    node('eni', 'v1.20.0', { 'k8s.aliyun.com/exclusive-mode-eni-type': 'ENIONLY' }),
    node('not-eni', 'v1.34.1', { 'k8s.aliyun.com/exclusive-mode-eni-type': 'default' }),
    node('windows', 'v1.20.0', { 'kubernetes.io/os': 'windows' }),
    node('virtual', 'v1.20.0', { type: 'virtual-kubelet' }),
    { metadata: { name: 'bare' } },
  ]);
  t.match(facts, {
    exclusiveEniNodes: { value: { count: 1, names: ['eni'] }, learntAt: 42 },
    nodesWithoutKubeProxy: { value: { count: 0, names: [] } },
    kubelet: { value: { normal: '1.34.1' } },
  });
  t.equal(portmapOf(facts), undefined, 'a node without a kubelet version may have anything');
});

t.test('names are a handful, the same in whatever order nodes come', async (t) => {
  const names = Array.from({ length: 12 }, (_, index) => `node-${String(index).padStart(2, '0')}`);
  const labels = { 'k8s.aliyun.com/no-kube-proxy': 'true' };
  const page = names.map((name) => node(name, 'v1.34.1', labels));
  const expected = { count: 12, names: names.slice(0, 5) };
  for (const pages of [[page], [page.toReversed()], [page.slice(6), page.slice(0, 6)]]) {
    t.same((await factsOf(...pages)).nodesWithoutKubeProxy?.value, expected);
  }
});

t.test('the estimate from the kubelets', async (t) => {
  const estimate = async (...kubelets: readonly string[]) => {
    const fact = portmapOf(await factsOf(kubelets.map((v, index) => node(`n${index}`, v))));
    t.equal(fact?.isEstimate ?? true, true);
    return fact?.value.normal;
  };
  t.equal(await estimate('v1.32.0'), '1.6.2');
  t.equal(await estimate('v1.33.9-aliyun.1'), '1.6.2');
  t.equal(await estimate('v1.34.0'), '1.7.1');
  t.equal(await estimate('v1.35.2'), '1.8.0');
  t.equal(await estimate('v1.36.0'), '1.9.1');
  t.equal(await estimate('v1.40.0'), '1.9.1', 'at least what the newest known has');
  t.equal(await estimate('v1.31.9'), undefined, 'of an older one nothing is known');
  t.equal(await estimate('v1.34.0', 'v1.31.9'), undefined, 'nor where one node has such');
  t.equal(await estimate('v1.34.0', 'v1.32.0', 'v1.36.0'), '1.6.2', 'the oldest counts');
  t.equal(await estimate(), undefined);
});

t.test('the estimate is for what is released together, and only that', async (t) => {
  const { plugins } = await factsOf([node('a')]);
  t.same([...(plugins?.keys() ?? [])].sort(), [
    'bandwidth',
    'firewall',
    'portmap',
    'sbr',
    'tuning',
    'vrf',
  ]);
});

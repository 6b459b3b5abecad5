import t from 'tap';
import { readMode } from '../../../src/facts/kube-proxy.ts';

t.test("kube-proxy's mode", async (t) => {
  const real = [
    'apiVersion: kubeproxy.config.k8s.io/v1alpha1',
    'kind: KubeProxyConfiguration',
    'iptables:',
    '  masqueradeAll: false',
    'mode: ipvs',
    '',
  ].join('\n');
  for (const [text, mode] of [
    [real, 'ipvs'],
    ['mode: "nftables"', 'nftables'],
    ['{"mode": "iptables"}', 'iptables'],
    ['mode: ""', 'iptables'],
    ['mode:', 'iptables'],
    ['kind: KubeProxyConfiguration', 'iptables'],
  ] as const) {
    t.same(readMode(text), { mode }, text);
  }
});

t.test('what tells no mode is unknown, and never a default', async (t) => {
  for (const text of [
    undefined,
    '',
    'mode: [',
    'mode: kernelspace',
    'mode: {ipvs: true}',
    'garbage',
    '- mode: ipvs',
    'mode: ipvs\nmode: iptables',
    `mode: ipvs\n# ${'x'.repeat(70_000)}`,
    'a: &a [x]\nmode: *b',
    '['.repeat(30_000),
  ]) {
    const read = readMode(text);
    t.ok('gap' in read, text?.slice(0, 40) ?? 'nothing');
  }
});

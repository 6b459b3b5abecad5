// A job for the sandbox: lets terway-cli write the file of a node from whole eni-configs.
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { run } from '../../support/output.ts';
import type { RenderInput, Rendered, TerwayNode } from '../terway-render.ts';

const FILE = '/etc/cni/net.d/10-terway.conflist';
const CAPABILITIES = '/run/eni/node_capabilities';
const NODE = 'node-1';

/** What an earlier start leaves behind on a node. */
const RECORDED: Readonly<Record<TerwayNode, string | undefined>> = {
  new: undefined,
  veth: 'datapath = veth\nhas_cilium_chainer = false\n',
  datapathv2: 'datapath = datapathv2\nhas_cilium_chainer = true\n',
  'exclusive-eni': undefined,
};

const { terwayCli, cases } = JSON.parse(await text(process.stdin)) as RenderInput;
await mkdir('/etc/cni/net.d', { recursive: true });
// Terway mounts the file system for eBPF maps where nothing is mounted yet.
await run('mount', ['-t', 'tmpfs', 'sandbox', '/sys/fs/bpf']);
// What the kernels can do that Terway starts on.
await writeFile('/run/bin/bpftool', '#!/bin/sh\necho \'["bpf_skb_ecn_set_ce"]\'\n', {
  mode: 0o755,
});
// The API server, of which terway-cli asks its node.
const server = createServer((_, response) => {
  const labels = { 'k8s.aliyun.com/exclusive-mode-eni-type': 'eniOnly' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels } };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(node));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;
const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${port}` } };
await writeFile(
  '/run/work/kubeconfig',
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [cluster],
    contexts: [{ name: 'c', context: { cluster: 'c', user: '' } }],
  }),
);
const env = { ...process.env, KUBECONFIG: '/run/work/kubeconfig', K8S_NODE_NAME: NODE };

const rendered: Rendered[] = [];
for (const { node, data } of cases) rendered.push(await render(node, data));
server.close();
process.stdout.write(JSON.stringify(rendered));

async function render(node: TerwayNode, data: Readonly<Record<string, string>>): Promise<Rendered> {
  await rm('/etc/eni', { recursive: true, force: true });
  await mkdir('/etc/eni');
  for (const [key, value] of Object.entries(data)) await writeFile(`/etc/eni/${key}`, value);
  await rm(CAPABILITIES, { force: true });
  const recorded = RECORDED[node];
  if (recorded !== undefined) await writeFile(CAPABILITIES, recorded);
  await rm(FILE, { force: true });
  const cni = await run(terwayCli, ['cni', '--output', FILE], { env });
  if (cni.code !== 0) return { refusal: cni.stderr.trim() };
  if (node === 'exclusive-eni') {
    const { code, stderr } = await run(terwayCli, ['nodeconfig'], { env });
    if (code !== 0) throw new Error(`nodeconfig: ${stderr}`);
  }
  return { file: await readFile(FILE, 'utf8') };
}

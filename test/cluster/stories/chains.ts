import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse, stringify } from 'yaml';

import { BASE_VENDOR, VENDOR_CHAINS } from '../../support/config-maps.ts';
import { kubectlEdit } from '../controlplane/edit.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { BUSYBOX_IMAGE } from '../lab/busybox-image.ts';
import { waitFor } from '../../support/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { DISTANT_ADDRESS } from '../lab/network.ts';
import { install, storeUnguarded } from '../lab/release.ts';

const NODE = 'n1';
const POD_PORT = 8080;
const HOST_PORT = 8081;
/** Asked for by a pod that was made when portmap was not in the chain yet. */
const FORMER_HOST_PORT = 8082;
const RESTART = 'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';
const STATUS = 'kubectl rollout status -n kube-system daemonset.apps/terway-eniip --timeout=120s';

/** What a person does, and what comes of it. */
interface Example {
  /** Of the vendor's page. */
  readonly chain: keyof typeof VENDOR_CHAINS;
  readonly golden: string;
  /** The port of the node that the pod asks for. */
  readonly hostPort: number | undefined;
  /** What a client is told then: command lines and how they end. */
  readonly proofs: (address: string) => readonly (readonly [line: string, code: number])[];
}

const ask = (url: string, flags = '-q') => `wget ${flags} -O- -T5 -t1 http://${url}/cgi-bin/whoami`;
/** What wget says of a network failure. */
const UNREACHABLE = 4;

const EXAMPLES: Readonly<Record<string, Example>> = {
  'private access: a pod answers on a port of its node': {
    chain: 'private access',
    golden: 'chain-private-access',
    hostPort: HOST_PORT,
    proofs: (address) => [
      [ask(`${address}:${HOST_PORT}`), 0],
      [ask(`${address}:${FORMER_HOST_PORT}`, '-nv'), UNREACHABLE],
    ],
  },
  'public access: a client from beyond the default route is answered, and seen as itself': {
    chain: 'public access',
    golden: 'chain-public-access',
    hostPort: HOST_PORT,
    proofs: (address) => [
      [ask(`${address}:${HOST_PORT}`, `-q --bind-address=${DISTANT_ADDRESS}`), 0],
    ],
  },
  'no IPv6 link-local address': {
    chain: 'no IPv6 link-local',
    golden: 'chain-no-ipv6',
    hostPort: undefined,
    proofs: () => [
      ['kubectl exec before -- ip -6 -oneline address show dev eth0 | grep -o "fe80::"', 0],
      ['kubectl exec web -- ip -6 -oneline address', 0],
      [ask(`$(kubectl get pod web -o jsonpath={.status.podIP}):${POD_PORT}`), 0],
    ],
  },
};

/**
 * The examples of the vendor's page, from `kubectl edit` to a client: the real terway-cli makes the
 * node's chain, the real containerd runs it, with the real portmap and tuning in it.
 */
export async function chainsAreUsed(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const { node } = lab.worker(NODE);
  await storeUnguarded(lab, BASE_VENDOR);
  await install(lab);
  await writeFile(join(plane.dir, 'before.yaml'), podManifest('before', FORMER_HOST_PORT));
  t.match(await plane.shell('kubectl apply -f before.yaml'), { code: 0 });
  t.teardown(async () => {
    await plane.shell('kubectl delete pods before web --now');
  });

  for (const [name, { chain, golden, hostPort, proofs }] of Object.entries(EXAMPLES)) {
    await t.test(name, async (t) => {
      const transcript = new Transcript();
      const type = async (line: string, code = 0) => {
        const output = await plane.shell(line);
        transcript.add(line, output);
        t.equal(output.code, code, `${line}: ${output.stderr}`);
      };
      const edit = await kubectlEdit(
        plane,
        ['cm', '-nkube-system', 'eni-config'],
        [withChain(VENDOR_CHAINS[chain] ?? '')],
      );
      transcript.add('kubectl edit cm -nkube-system eni-config', edit);
      t.equal(edit.code, 0, edit.stderr);
      await type(RESTART);
      // How far it has come when it is asked differs from run to run.
      await type(`${STATUS} | tail -n 1`);

      const file = '/etc/cni/net.d/10-terway.conflist';
      // The stand-in for the daemon puts it there a moment after its container counts as started.
      const made = await waitFor(
        "the chain of Terway's log to be on the node",
        30_000,
        async () => {
          const read = await node.run('cat', [file]);
          const lines = read.stdout.trim().split('\n');
          return holdsInOrder(await terwayLog(lab), lines) ? read : undefined;
        },
      );
      transcript.add(`cat ${file}   # on node ${NODE}`, made);

      await writeFile(join(plane.dir, 'web.yaml'), podManifest('web', hostPort));
      await type('cat web.yaml');
      await type('kubectl apply -f web.yaml');
      await type('kubectl wait --for=condition=Ready pod/web pod/before --timeout=60s');
      for (const [line, code] of proofs(node.place.address)) await type(line, code);
      await transcript.matchesGolden(t, golden);
      t.match(await plane.shell('kubectl delete pod web --now'), { code: 0 });
    });
  }
}

const withChain = (chain: string) => (opened: string) => {
  const comments = opened.split('\n').filter((line) => line.startsWith('#'));
  const object = parse(opened) as { readonly data: Readonly<Record<string, string>> };
  const data = { ...object.data, '10-terway.conflist': chain };
  const text = stringify({ ...object, data }, { lineWidth: 0, blockQuote: 'literal' });
  return `${comments.join('\n')}\n${text}`;
};

/** What Terway's init container has printed on the node, last. */
async function terwayLog({ plane }: Lab): Promise<string> {
  const own = ['-nkube-system', '-lapp=terway-eniip', `--field-selector=spec.nodeName=${NODE}`];
  const { stdout: pod } = await plane.kubectl(['get', 'pods', ...own, '-oname']);
  const { stdout } = await plane.kubectl(['logs', '-nkube-system', pod.trim(), '-cterway-init']);
  return stdout;
}

/** Whether the lines stand in a log in this order; what is said on stderr may stand between them. */
function holdsInOrder(log: string, lines: readonly string[]): boolean {
  let from = 0;
  return lines.every((line) => {
    const at = log.indexOf(line, from);
    from = at + line.length;
    return at !== -1;
  });
}

/** A pod that tells a client which address it sees it at. */
function podManifest(name: string, hostPort: number | undefined): string {
  const script = [
    'mkdir /www/cgi-bin',
    `printf '#!/bin/sh\\necho; echo "${name} was asked by $REMOTE_ADDR"\\n' >/www/cgi-bin/whoami`,
    'chmod 755 /www/cgi-bin/whoami',
    `exec httpd -f -p 0.0.0.0:${POD_PORT} -h /www`,
  ];
  const port = { containerPort: POD_PORT, ...(hostPort !== undefined && { hostPort }) };
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        nodeSelector: { 'kubernetes.io/hostname': NODE },
        containers: [
          {
            name: 'web',
            image: BUSYBOX_IMAGE,
            command: ['sh', '-c', `${script.join('\n')}\n`],
            ports: [port],
            readinessProbe: { tcpSocket: { port: POD_PORT }, periodSeconds: 1 },
          },
        ],
      },
    },
    { lineWidth: 0, blockQuote: 'literal' },
  );
}

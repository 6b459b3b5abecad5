import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type ApiCall, connect } from '../../src/kube/api.ts';
import { METADATA_MESSAGE, NODE_MESSAGE, POD_MESSAGE, listOf } from '../../src/kube/messages.ts';
import { METADATA_ONLY } from '../../src/kube/pages.ts';
import type { Message } from '../../src/kube/protobuf.ts';
import { BASE_VETH, GOOD } from '../support/config-maps.ts';
import {
  applyNode,
  applyTerway,
  probeNode,
  reportTerway,
  runTerwayInit,
} from './cluster-contents.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { Transcript } from './controlplane/transcript.ts';
import { manifest } from './guarded-cluster.ts';
import { type Missing, pageUser } from './page-user.ts';
import { LEAST_RIGHTS, userWith } from './rights.ts';
import { writeHistory } from './written-history.ts';

/** The command `nodes` against a real API server, with nodes and pods that tests write. */

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const MINUTE = 60_000;

t.test('the command nodes', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const stored = await plane.kubectl(['create', '-f', '-'], { stdin: manifest(GOOD) });
  t.equal(stored.code, 0, stored.stderr);
  const now = Date.now();
  const ago = (minutes: number) => new Date(now - minutes * MINUTE);
  await applyTerway(plane, 'v1.15.2');
  await reportTerway(plane, 4);
  const init = { 'cn-a.1': 150, 'cn-a.2': 90, 'cn-a.3': 60.5, 'cn-a.4': -10 };
  for (const [node, minutes] of Object.entries(init)) {
    await applyNode(plane, node, { pool: node === 'cn-a.4' ? 'b' : 'a' });
    await runTerwayInit(plane, node, ago(minutes));
  }
  await applyNode(plane, 'cn-a.5', { pool: 'a' });
  await applyNode(plane, 'cn-eni.1', { 'k8s.aliyun.com/exclusive-mode-eni-type': 'eniOnly' });
  await probeNode(plane, 'cn-a.4', { portmap: 'v1.7.1', tuning: 'v1.7.1' });
  const env = { PATH: await pathWithProgram(plane) };
  const transcript = new Transcript();
  const type = async (line: string) => {
    const output = await plane.shell(line, { env });
    transcript.add(line, output);
    return output;
  };

  await t.test('goes by managed fields where there is no history', async (t) => {
    const { code, stdout } = await type('eni-config-guard nodes');
    t.equal(code, 1);
    t.match(stdout, /^cn-a\.1 +unknown .* there is no history$/m);
    t.match(stdout, /^cn-a\.4 +current .* veth +1\.7\.1$/m);
    t.match(stdout, /^6 nodes: 4 unknown, 1 current and 1 ignored$/m);
  });

  await writeHistory(plane, [
    [ago(120), BASE_VETH],
    [ago(60), GOOD],
  ]);

  await t.test('tells former chains by the history', async (t) => {
    const { code, stdout } = await type('eni-config-guard nodes');
    t.equal(code, 1);
    t.match(stdout, /^cn-a\.1 +unknown .* before the history begins$/m);
    t.match(stdout, /^cn-a\.2 +former .* revision 1$/m);
    t.match(stdout, /^cn-a\.3 +former/m);
    t.match(stdout, /^6 nodes: 2 former, 2 unknown, 1 current and 1 ignored$/m);
  });

  await t.test('shows the nodes that are asked for', async (t) => {
    t.match(await type('eni-config-guard nodes --state former'), { code: 1 });
    t.match(await type('eni-config-guard nodes --selector pool=b'), { code: 0 });
    t.match(await type('eni-config-guard nodes cn-a.2 cn-a.4 --output json'), { code: 1 });
    t.match(await type('eni-config-guard nodes cn-b.1'), { code: 2 });
    t.match(await type('eni-config-guard nodes --state late'), { code: 2 });
  });

  await t.test('asks several clusters, and the worst counts', async (t) => {
    await writeFile(
      join(plane.dir, 'clusters.kubeconfig'),
      JSON.stringify(await twoContexts(plane)),
    );
    const { code, stdout, stderr } = await type(
      'eni-config-guard nodes --kubeconfig clusters.kubeconfig --context here --context gone --selector pool=b',
    );
    t.equal(code, 2);
    t.match(stdout, /^context here:\nNODE/);
    t.match(stderr, 'context gone: ');
  });

  await t.test('needs no more rights than the guard has, but for the history', async (t) => {
    const kubeconfig = await userWith(plane, 'lists', LEAST_RIGHTS);
    const few = await plane.shell('eni-config-guard nodes', { env, kubeconfig });
    t.match(few, { code: 1, stderr: '' });
    t.match(few.stdout, /^not known: history: .*cannot get resource "secrets"/m);
    const nobody = await plane.kubeconfigFor('nobody', []);
    t.match(await plane.shell('eni-config-guard nodes', { env, kubeconfig: nobody }), {
      code: 2,
      stdout: '',
      stderr: /^eni-config-guard: can't read what nodes run: .*cannot list/,
    });
  });

  await t.test('status tells it in a line', async (t) => {
    const { stdout } = await plane.shell('eni-config-guard status', { env });
    t.match(stdout, /^Chain of 6 nodes: 2 former, 2 unknown, 1 current and 1 ignored; which ones/m);
    t.match(stdout, /^ {2}a restart of Terway is due there since \d/m);
  });

  await t.test('an API server says the same in protobuf as in JSON', async (t) => {
    await writeEveryField(plane);
    const api = connect({ kubeconfig: plane.kubeconfig });
    const lists: readonly (readonly [path: string, message: Message, accept?: string])[] = [
      ['/api/v1/namespaces/kube-system/pods', POD_MESSAGE],
      ['/api/v1/nodes', NODE_MESSAGE],
      ['/api/v1/nodes', METADATA_MESSAGE, METADATA_ONLY],
    ];
    for (const [path, item, accept] of lists) {
      const call = {
        method: 'GET',
        path,
        query: { limit: '3' },
        ...(accept && { accept }),
      } as const;
      const message = listOf(item);
      const [inJson, inProtobuf] = [
        await api.call(call),
        await api.call({ ...call, protobuf: message }),
      ];
      // Of a list that goes on each answer has a token of its own.
      t.same(plain(inProtobuf, 'continue'), plain(read(inJson, message), 'continue'), path);
    }
    const expired = { method: 'GET', path: '/api/v1/nodes', query: { continue: 'x' } } as const;
    const refusal = async (call: ApiCall) => api.call(call).catch((error: unknown) => error);
    const inJson = await refusal(expired);
    t.match(inJson, { status: 400, reason: 'BadRequest' });
    t.same(await refusal({ ...expired, protobuf: listOf(NODE_MESSAGE) }), inJson);
  });

  await t.test('nodes --verify needs the rights that its page names, and says which', async (t) => {
    const verify = 'eni-config-guard nodes --verify';
    const kubeconfig = await pageUser(plane, 'nodes-user', { page: 'nodes' });
    const told = await plane.shell(verify, { env, kubeconfig });
    t.match(told, { code: 1, stderr: '' });
    t.notMatch(told.stdout, 'not known:');
    t.notMatch(told.stdout, 'forbidden');
    t.same(told, await plane.shell(verify, { env }), 'all is read that an administrator reads');
    const needed: readonly Missing[] = [
      ['get', 'pods/log'],
      ['list', 'nodes'],
      ['list', 'pods'],
      ['list', 'configmaps'],
      ['list', 'daemonsets'],
    ];
    for (const [index, without] of needed.entries()) {
      const [verb, resource] = without;
      const lacking = await pageUser(plane, `lacking-${index}`, { page: 'nodes', without });
      const { code, stdout, stderr } = await plane.shell(verify, { env, kubeconfig: lacking });
      t.equal(code, 2, resource);
      t.equal(stdout, '');
      t.match(stderr, `cannot ${verb} resource "${resource}"`);
      t.match(stderr, /; docs\/nodes\.md lists the rights\n$/);
    }
  });

  await t.test('rollout needs the rights that its page names', async (t) => {
    const kubeconfig = await pageUser(plane, 'rollout-user', { page: 'rollout' });
    const dryRun = 'eni-config-guard rollout --dry-run --output text';
    const planned = await plane.shell(dryRun, { env, kubeconfig });
    t.match(planned, { code: 0, stdout: /^3 nodes to restart/ });
    t.same(planned, await plane.shell(dryRun, { env }), 'all is read that an administrator reads');
    const calls: readonly (readonly [call: string, isAllowed: boolean])[] = [
      ['create pods -n kube-system', true],
      ['get pods/a -n kube-system', true],
      ['delete pods/a -n kube-system', true],
      ['list events -n kube-system', true],
      ['patch configmaps/eni-config -n kube-system', true],
      ['get deployments.apps/eni-config-guard -n kube-system', true],
      ['patch configmaps/other -n kube-system', false],
      ['get secrets/other -n kube-system', false],
      ['patch daemonsets.apps -n kube-system', false],
      ['create pods -n default', false],
    ];
    for (const [call, isAllowed] of calls) {
      const { stdout } = await plane.shell(`kubectl auth can-i ${call}`, { kubeconfig });
      t.equal(stdout.trim(), isAllowed ? 'yes' : 'no', call);
    }
  });

  await t.test(
    'rollout restarts nothing where a right is missing that it needs later',
    async (t) => {
      const uids = async () =>
        (await plane.raw('GET', KUBE_SYSTEM_PODS)).body.match(/"uid":"[^"]+"/g);
      const before = await uids();
      const needed: readonly Missing[] = [
        ['create', 'pods'],
        ['delete', 'pods'],
        ['get', 'pods'],
        ['list', 'events'],
        ['get', 'nodes'],
        ['patch', 'configmaps'],
      ];
      for (const [index, without] of needed.entries()) {
        const [verb, resource] = without;
        const kubeconfig = await pageUser(plane, `rollout-${index}`, { page: 'rollout', without });
        const flags = verb === 'patch' ? '--rollback' : '--output text';
        const refused = await plane.shell(
          `eni-config-guard rollout --yes --image guard:1 ${flags}`,
          { env, kubeconfig },
        );
        t.equal(refused.code, 2, `${verb} ${resource}`);
        t.match(
          refused.stderr,
          new RegExp(`(you may not|cannot) ${verb} (resource ")?${resource}`),
        );
        t.match(refused.stderr, /; docs\/rollout\.md lists the rights\n$/);
      }
      const nowhere = 'eni-config-guard rollout --yes --image guard:1 --namespace nowhere';
      t.match(await plane.shell(nowhere, { env }), {
        code: 2,
        stderr:
          /the pods that check can't be made in nowhere: .*namespaces "nowhere" not found; --namespace/,
      });
      t.same(await uids(), before);
    },
  );

  await transcript.matchesGolden(t, 'nodes');
});

const KUBE_SYSTEM_PODS = '/api/v1/namespaces/kube-system/pods';

/** A pod and a node with a value in each field that is read of them. */
async function writeEveryField(plane: ControlPlane): Promise<void> {
  const [startedAt, finishedAt] = ['2026-01-01T10:00:00Z', '2026-01-01T10:00:07Z'];
  const terminated = { exitCode: 137, reason: 'Error', message: 'ß', startedAt, finishedAt };
  const status = { image: 'i', imageID: 'i', ready: true, restartCount: 300 };
  const pod = `${KUBE_SYSTEM_PODS}/every-field`;
  await plane.raw('POST', KUBE_SYSTEM_PODS, {
    metadata: { name: 'every-field', labels: { app: 'every-field', b: '' }, finalizers: ['a.b/c'] },
    spec: {
      nodeName: 'cn-a.1',
      initContainers: [{ name: 'terway-init', image: 'terway:v1.15.2' }],
      containers: ['a', 'b'].map((name) => ({ name, image: 'c:1', command: ['d'] })),
    },
  });
  const { status: patched, body } = await plane.raw(
    'PATCH',
    `${pod}/status`,
    {
      status: {
        phase: 'Running',
        reason: 'Why',
        message: 'Because',
        podIP: '10.0.0.1',
        podIPs: [{ ip: '10.0.0.1' }],
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
        initContainerStatuses: [
          {
            ...status,
            name: 'terway-init',
            state: { running: { startedAt } },
            lastState: { terminated },
          },
        ],
        containerStatuses: [
          { ...status, name: 'a', ready: false, state: { waiting: { reason: 'r', message: 'm' } } },
        ],
      },
    },
    'application/merge-patch+json',
  );
  if (patched !== 200) throw new Error(body);
  await plane.raw('DELETE', pod);
  const nodeInfo = { kubeletVersion: 'v1.34.1-aliyun.1' };
  await plane.raw(
    'PATCH',
    '/api/v1/nodes/cn-a.1/status',
    { status: { nodeInfo } },
    'application/merge-patch+json',
  );
}

/** What of an object in JSON is read in protobuf; empty texts are left out there. */
function read(json: unknown, message: Message): unknown {
  const object = json as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    message.flatMap((field) => {
      const value = field && object[field.name];
      if (!field || value === undefined || value === '') return [];
      const { kind } = field;
      if (typeof kind !== 'object') return [[field.name, value]];
      const of = Array.isArray(value) ? value.map((one) => read(one, kind)) : read(value, kind);
      return [[field.name, of]];
    }),
  );
}

const plain = (value: unknown, without: string): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === without ? '' : member)));

async function pathWithProgram(plane: ControlPlane): Promise<string> {
  const script = join(plane.dir, 'eni-config-guard');
  await writeFile(script, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  await chmod(script, 0o755);
  return `${plane.dir}:${process.env.PATH ?? ''}`;
}

/** A kubeconfig with this API server, and one at an address where there is none. */
async function twoContexts(plane: ControlPlane): Promise<object> {
  const { stdout } = await plane.shell(
    `kubectl config view --raw --flatten -o json --kubeconfig ${plane.kubeconfig}`,
  );
  const { clusters, users } = JSON.parse(stdout) as {
    readonly clusters: readonly { readonly cluster: object }[];
    readonly users: readonly { readonly name: string }[];
  };
  const user = users[0]?.name;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    users,
    clusters: [
      { name: 'here', cluster: clusters[0]?.cluster },
      { name: 'gone', cluster: { ...clusters[0]?.cluster, server: 'https://127.0.0.1:9' } },
    ],
    contexts: ['here', 'gone'].map((name) => ({ name, context: { cluster: name, user } })),
  };
}

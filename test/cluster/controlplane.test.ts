import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { t } from 'tap';
import type { Test } from 'tap';

import type { ControlPlane } from './controlplane/control-plane.ts';
import { kubectlEdit } from './controlplane/edit.ts';
import { processesNaming } from './controlplane/processes.ts';
import { startControlPlane } from './controlplane/start.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';

const EVENT_TIMEOUT_MS = 5_000;
const DEATH_TIMEOUT_MS = 5_000;
const greeting = ['configmap', 'greeting', '-n', 'kube-system'];

t.test('a control plane', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());

  await t.test('is of the release it claims to be', async (t) => {
    const { code, stdout, stderr } = await plane.kubectl(['version', '-o', 'json']);
    t.equal(code, 0, stderr);
    t.match(JSON.parse(stdout), {
      clientVersion: { gitVersion: /^v1\./ },
      serverVersion: { gitVersion: `v${plane.binaries.version}` },
    });
  });

  await t.test('takes an edit, and the audit log shows it', async (t) => {
    await createGreeting(t, plane);
    const edit = await kubectlEdit(plane, greeting, [(text) => text.replace('hello', 'good day')]);
    t.match(edit, { code: 0, stdout: 'configmap/greeting edited\n', stderr: '' });
    t.equal(edit.openings.length, 1);
    t.match(edit.openings[0], /^ {2}word: hello$/m);

    const stored = await plane.raw('GET', '/api/v1/namespaces/kube-system/configmaps/greeting');
    t.match(JSON.parse(stored.body), { data: { word: 'good day' } });

    const event = await waitFor('the audit event of the edit', EVENT_TIMEOUT_MS, async () =>
      (await plane.auditEvents()).find(
        ({ verb, objectRef }) => verb === 'patch' && objectRef?.name === 'greeting',
      ),
    );
    t.match(event, {
      user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
      requestObject: { data: { word: 'good day' } },
      responseStatus: { code: 200 },
    });
  });

  await t.test('re-opens a refused edit, as the golden transcript shows', async (t) => {
    await createGreeting(t, plane);
    const edit = await kubectlEdit(plane, greeting, [
      (text) => text.replace('word: hello', 'a word: hello'),
      'quit',
    ]);
    const transcript = new Transcript();
    transcript.add(`kubectl edit ${greeting.join(' ')}`, edit);
    await transcript.matchesGolden(t, 'refused-edit');
  });

  await t.test('ends an edit that opens more often than planned', async (t) => {
    await createGreeting(t, plane);
    const edit = kubectlEdit(plane, greeting, [
      (text) => text.replace('word: hello', 'a word: hello'),
    ]);
    await t.rejects(edit, { message: /opened the editor 2 times for 1 steps.*was not valid/s });
  });

  await t.test('ends an edit whose step throws', async (t) => {
    await createGreeting(t, plane);
    const step = () => {
      throw new Error('nothing to replace');
    };
    await t.rejects(kubectlEdit(plane, greeting, [step]), { message: 'nothing to replace' });
  });

  await t.test('knows users and groups, and grants them nothing unasked', async (t) => {
    const kubeconfig = await plane.kubeconfigFor('ann@example.com', ['developers']);
    const who = await plane.kubectl(['auth', 'whoami'], { kubeconfig });
    t.match(who.stdout, /ann@example\.com/);
    t.match(who.stdout, /developers/);
    const get = await plane.kubectl(['get', ...greeting], { kubeconfig });
    t.match(get, { code: 1, stderr: /is forbidden/ });
  });

  await t.test('keeps its data over a restart of the API server', async (t) => {
    await createGreeting(t, plane);
    await plane.stopApiServer();
    await t.rejects(plane.raw('GET', '/readyz'), { code: 'ECONNREFUSED' });
    await plane.startApiServer();
    const get = await plane.kubectl(['get', ...greeting, '-o', 'jsonpath={.data.word}']);
    t.match(get, { code: 0, stdout: 'hello' });
  });

  await t.test('leaves neither process nor file', async (t) => {
    t.not((await processesNaming(plane.dir)).length, 0);
    await plane.stop();
    t.same(await processesNaming(plane.dir), []);
    t.notOk(existsSync(plane.dir));
  });
});

t.test('a control plane whose API server refuses its flags tells why', async (t) => {
  const start = startControlPlane({ apiServerFlags: ['--no-such-flag'] });
  await t.rejects(start, { message: /kube-apiserver ended with 1.*unknown flag: --no-such-flag/s });
});

t.test('a control plane dies with a process that is killed', async (t) => {
  const start = new URL('controlplane/start.ts', import.meta.url).href;
  const script =
    `import { startControlPlane } from '${start}';` +
    'console.log((await startControlPlane()).dir);';
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => owner.kill('SIGKILL'));
  const [dir] = (await once(createInterface(owner.stdout), 'line')) as [string];
  t.match((await processesNaming(dir)).join('\n'), /etcd .*kube-apiserver /s);

  owner.kill('SIGKILL');
  await waitFor('its processes and files to be gone', DEATH_TIMEOUT_MS, async () => {
    const gone = (await processesNaming(dir)).length === 0 && !existsSync(dir);
    return gone ? gone : undefined;
  });
});

async function createGreeting(t: Test, plane: ControlPlane): Promise<void> {
  const create = ['create', ...greeting, '--from-literal=word=hello'];
  const { code, stderr } = await plane.kubectl(create);
  t.equal(code, 0, stderr);
  t.teardown(() => plane.kubectl(['delete', ...greeting]));
}

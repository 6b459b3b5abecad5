import { fileURLToPath } from 'node:url';
import { t } from 'tap';
import { parse } from 'yaml';

import { BASE_VETH } from '../support/config-maps.ts';
import { run } from '../support/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import { manifest } from './guarded-cluster.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

t.test('the verify command', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const verify = async (kubeconfig: string) =>
    run(process.execPath, [program, 'verify', '--kubeconfig', kubeconfig]);

  await t.test('does not take every refusal for one by the guard', async (t) => {
    const stored = JSON.stringify({ ...parse(manifest(BASE_VETH)), immutable: true });
    const output = await plane.kubectl(['create', '-f', '-'], { stdin: stored });
    t.equal(output.code, 0, output.stderr);
    const refused = /^eni-config-guard: refused, but not by the guard: PATCH .* field is immutable/;
    t.match(await verify(plane.kubeconfig), { code: 2, stderr: refused });
  });

  await t.test('says when it lacks the right, or an API server', async (t) => {
    const nobody = await plane.kubeconfigFor('nobody', []);
    t.match(await verify(nobody), { code: 2, stderr: /User "nobody" cannot patch resource/ });
    await plane.stopApiServer();
    t.match(await verify(nobody), { code: 2, stderr: /no API server to ask: .*ECONNREFUSED/ });
  });

  await t.test('takes no other argument', async (t) => {
    const output = await run(process.execPath, [program, 'verify', '--port', '1']);
    t.match(output, { code: 2, stderr: /unknown flag "--port"/ });
  });
});

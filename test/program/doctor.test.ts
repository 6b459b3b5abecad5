import { readFileSync } from 'node:fs';
import t from 'tap';
import { servedCertificates } from '../../src/doctor/handshake.ts';
import { GOOD } from '../support/config-maps.ts';
import { misbehaving } from '../support/misbehaving-api-server.ts';
import { run } from '../support/output.ts';
import { MAIN, freePort } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';

const doctor = async (args: string[], stdin = '') =>
  run(process.execPath, [MAIN, 'doctor', ...args], { stdin });

t.test('a sentence as an argument or on standard input', async (t) => {
  const sentence = 'failed calling webhook "x": Post "https://h/s3cret": context deadline exceeded';
  const expected = { code: 0, stdout: /^No answer came within the webhook's timeoutSeconds\.$/m };
  t.match(await doctor([sentence]), expected);
  t.match(await doctor(sentence.split(' ')), expected, 'without quotes');
  const piped = await doctor(['-', '--output', 'json'], sentence);
  t.match(JSON.parse(piped.stdout), { schema: 1, diagnoses: [{ id: 'webhook-timeout' }] });
  t.notMatch(piped.stdout, 's3cret');
  t.match(await doctor(['the', 'quick', 'fox']), {
    code: 1,
    stdout: /^Nothing in it is known here/m,
  });
});

t.test('checks of a cluster that has no guard, and of one that does not tell', async (t) => {
  const answering = async (code: number, reason: string) => {
    const { kubeconfig } = await misbehaving(t, (_, response) => {
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code, reason, message: `${reason}!` }));
    });
    return doctor(['--kubeconfig', kubeconfig, '--output', 'json']);
  };
  const bare = await answering(404, 'NotFound');
  t.equal(bare.code, 1);
  t.match(JSON.parse(bare.stdout), {
    schema: 1,
    checks: [{ name: 'service', outcome: 'failed', seen: /^there is no validating/ }],
  });
  const stderr = /^eni-config-guard: the cluster can't be looked at: .*Forbidden!\n$/;
  t.match(await answering(403, 'Forbidden'), { code: 2, stdout: '', stderr });
});

t.test('certificates are looked at whether they are to be trusted or not', async (t) => {
  const { kubeconfig } = await startRecordingApiServer(t, GOOD);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1]);
  const address = { host: '127.0.0.1', port, serverName: 'localhost' };
  const [leaf] = await servedCertificates(address);
  t.equal(leaf?.checkHost('localhost'), 'localhost');
  const closed = { ...address, port: await freePort() };
  await t.rejects(servedCertificates(closed), { code: 'ECONNREFUSED' });
});

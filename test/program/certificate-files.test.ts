import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { localCertificate } from '../../src/certificates/local.ts';
import { assertAllowed } from '../support/admission-answers.ts';
import { GOOD } from '../support/chain-updates.ts';
import { send } from '../support/https-client.ts';
import { startProgram, startServing, writeConfig } from '../support/program.ts';

/** The certificate that `serve` makes for itself where none is given. */

/** Good files, for what is not about them: keys cost more time than most tests. */
const certificates = t.testdir();
await localCertificate(certificates);

t.test('certificate files', async (t) => {
  const FILES = ['ca.crt', 'tls.crt', 'tls.key'] as const;
  const read = (directory: string) =>
    FILES.map((file) => readFileSync(join(directory, 'certs', file), 'utf8'));

  /** Starts in `cwd`, asserts that the CA on disk vouches for the server, and stops. */
  async function startAndStop(t: Test, cwd: string): Promise<string[]> {
    const program = await startServing(t, {}, cwd);
    assertAllowed(t, await send(program.endpoint, '/validate', GOOD));
    program.kill('SIGTERM');
    t.match(await program.exit(), { code: 0 });
    return read(cwd);
  }

  await t.test('are made on the first start, the key for its owner only', async (t) => {
    const cwd = t.testdir();
    const made = await startAndStop(t, cwd);
    t.match(made, [/^-----BEGIN CERTIFICATE-/, /^-----BEGIN CERTIFICATE-/, /^-----BEGIN .*KEY-/]);
    t.equal(statSync(join(cwd, 'certs', 'tls.key')).mode & 0o777, 0o600);
  });

  await t.test('are used again on the next', async (t) => {
    const cwd = t.testdir();
    t.same(await startAndStop(t, cwd), await startAndStop(t, cwd));
  });

  await t.test('stand where the configuration says, also several directories deep', async (t) => {
    const cwd = t.testdir();
    const { endpoint } = await startServing(t, { certificates: 'a/b/c' }, cwd);
    assertAllowed(t, await send(endpoint, '/validate', GOOD));
    t.equal(statSync(join(cwd, 'a/b/c/tls.key')).mode & 0o777, 0o600);
  });

  const DAY_MS = 24 * 60 * 60 * 1000;
  const another = await localCertificate(t.testdir());
  const SPOILT: Readonly<Record<string, (certs: string) => Promise<void> | void>> = {
    'an expired pair': async (certs) => {
      rmSync(certs, { recursive: true });
      await localCertificate(certs, new Date(Date.now() - 366 * DAY_MS));
    },
    'a pair that expires tomorrow': async (certs) => {
      rmSync(certs, { recursive: true });
      await localCertificate(certs, new Date(Date.now() - 364 * DAY_MS));
    },
    'an empty certificate': (certs) => writeFileSync(join(certs, 'tls.crt'), ''),
    'a certificate that is none': (certs) => writeFileSync(join(certs, 'tls.crt'), 'hello'),
    'an empty key': (certs) => writeFileSync(join(certs, 'tls.key'), ''),
    'a key that is none': (certs) => writeFileSync(join(certs, 'tls.key'), 'hello'),
    'a key cut in half': (certs) => {
      const key = readFileSync(join(certs, 'tls.key'), 'utf8');
      writeFileSync(join(certs, 'tls.key'), key.slice(0, key.length / 2));
    },
    'the key of another certificate': (certs) => {
      writeFileSync(join(certs, 'tls.key'), another.key);
    },
    'another CA': (certs) => {
      writeFileSync(join(certs, 'ca.crt'), another.ca);
    },
    'an empty CA': (certs) => writeFileSync(join(certs, 'ca.crt'), ''),
    'no CA': (certs) => rmSync(join(certs, 'ca.crt')),
    'no certificate': (certs) => rmSync(join(certs, 'tls.crt')),
    'no key': (certs) => rmSync(join(certs, 'tls.key')),
  };
  for (const [kind, spoil] of Object.entries(SPOILT)) {
    await t.test(`${kind} is replaced`, async (t) => {
      const cwd = t.testdir();
      const certs = join(cwd, 'certs');
      cpSync(certificates, certs, { recursive: true });
      const { key: keyBefore } = await localCertificate(certs);
      await spoil(certs);
      const [, , key] = await startAndStop(t, cwd);
      t.not(key, keyBefore, 'by a new one');
      t.equal(statSync(join(certs, 'tls.key')).mode & 0o777, 0o600);
    });
  }

  await t.test('a directory that cannot be written to ends the start with a reason', async (t) => {
    const cwd = t.testdir({ certs: 'a file, not a directory' });
    const config = writeConfig(cwd);
    const program = startProgram(t, ['serve', '--port', '0', '--config', config], cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), /^eni-config-guard: .*certs.*\n$/);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { t } from 'tap';

import { issueLeaf, newAuthority } from '../../src/certificates/authority.ts';
import { newRsaKeyPair } from '../../src/certificates/key.ts';
import { localCertificate } from '../../src/certificates/local.ts';

/** OpenSSL's own judgement, as strict as Python's default is from 3.13 on. */

const HOST = 'eni-config-guard.kube-system.svc';
const run = promisify(execFile);

t.test('openssl verify -x509_strict passes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strict-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const verify = async (ca: string, leaf: string, host: string) => {
    await writeFile(join(folder, 'ca.crt'), ca);
    await writeFile(join(folder, 'tls.crt'), leaf);
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host];
    const { stdout } = await run('openssl', [...args, '-CAfile', 'ca.crt', 'tls.crt'], {
      cwd: folder,
    });
    return stdout;
  };

  await t.test('on what is made for a cluster, and after its CA was replaced', async (t) => {
    const notAfter = new Date(Date.now() + 60 * 60 * 1000);
    const first = await newAuthority(await newRsaKeyPair(), [], notAfter);
    const second = await newAuthority(await newRsaKeyPair(), first.trusted, notAfter);
    const bundle = second.trusted.map(String).join('');
    for (const authority of [first, second]) {
      const leaf = await issueLeaf(authority, await newRsaKeyPair(), [HOST], notAfter);
      t.match(await verify(bundle, leaf.certificate, HOST), 'tls.crt: OK');
    }
  });

  await t.test('on what is made for this machine', async (t) => {
    const { ca, certificate } = await localCertificate(join(folder, 'local'));
    t.match(await verify(ca, certificate, 'localhost'), 'tls.crt: OK');
  });

  await t.test('and not on a certificate that is not what it should be', async (t) => {
    const { certificate } = await localCertificate(join(folder, 'local'));
    const other = await localCertificate(join(folder, 'other'));
    await t.rejects(verify(other.ca, certificate, 'localhost'), /verification failed/);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { t } from 'tap';
import type { Test } from 'tap';

import { CertificateAuthority } from '../support/certificates.ts';
import { waitFor } from '../support/wait.ts';
import { Replicas } from './replicas.ts';

/** Files are looked at every 5 s, and a new CA must be seen three times. */
const PATIENCE_MS = 60_000;

t.setTimeout(300_000);

async function start(t: Test) {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const replicas = await Replicas.start({ source: 'files', directory });
  t.teardown(() => replicas.stop());
  /** Puts a pair of a new CA into the files; gives its certificate. */
  const renew = async () => {
    const authority = await CertificateAuthority.create();
    const { certificate, privateKey } = await authority.issueServer([]);
    await writeFile(join(directory, 'ca.crt'), authority.certificate);
    await writeFile(join(directory, 'tls.crt'), certificate);
    await writeFile(join(directory, 'tls.key'), privateKey);
    return certificate;
  };
  const untilServed = async (certificate: string) =>
    waitFor('both guards to serve the files', PATIENCE_MS, async () => {
      const shown = await Promise.all(
        ([0, 1] as const).map((index) => replicas.handshake(index).catch(() => undefined)),
      );
      const wanted = certificate.replaceAll('\r', '');
      return shown.every((leaf) => leaf?.toString() === wanted) ? true : undefined;
    });
  return { replicas, renew, untilServed };
}

t.test('certificates of your own are announced, and renewed without a lost call', async (t) => {
  const { replicas, renew, untilServed } = await start(t);
  await replicas.register();
  t.same(await replicas.readiness(), [503, 503], 'there are no files yet');
  await renew();
  await replicas.untilReady();
  t.same(await replicas.complaints(), []);
  const { wrong } = await replicas.duringReviews(async () => {
    await untilServed(await renew());
  });
  t.same(wrong, []);
});

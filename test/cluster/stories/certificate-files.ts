import type { Test } from 'tap';

import { type Authority, issueLeaf, newAuthority } from '../../../src/certificates/authority.ts';
import { newRsaKeyPair } from '../../../src/certificates/key.ts';
import { waitFor } from '../../support/wait.ts';
import { ask } from '../lab/api.ts';
import { servedSerials } from '../lab/handshakes.ts';
import type { Lab } from '../lab/lab.ts';
import { install, untilArmed } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const NAME = 'guard-tls';
const HOST = 'eni-config-guard.kube-system.svc';
/** A kubelet brings the files of a Secret up to date once a minute, unless it is told otherwise. */
const UNTIL_SERVED_MS = 180_000;

/** A certificate of one's own, in a Secret, is renewed by replacing the Secret. */
export async function certificateFilesChange(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const notAfter = new Date(Date.now() + 3_600_000);
  const authority = await newAuthority(await newRsaKeyPair(), [], notAfter);
  await ask(plane, 'POST', SECRETS, await secretOf(authority, notAfter));
  t.teardown(async () => {
    await plane.raw('DELETE', `${SECRETS}/${NAME}`);
  });
  await install(lab, { certificates: { source: 'files', existingSecret: NAME } });
  await untilArmed(lab);

  const stream = await ReviewStream.start(t, plane);
  const before = await servedSerials(t, lab);
  const replaced = performance.now();
  await ask(plane, 'PUT', `${SECRETS}/${NAME}`, await secretOf(authority, notAfter));
  await waitFor('all pods to serve the new certificate', UNTIL_SERVED_MS, async () => {
    const now = await servedSerials(t, lab);
    return now.length === 2 && now.every((serial) => !before.includes(serial)) ? true : undefined;
  });
  const seconds = (performance.now() - replaced) / 1000;
  const { answered, ...rest } = await stream.stop();
  t.comment(`served ${seconds.toFixed(0)} s after the Secret was replaced; ${answered} reviews`);
  t.same(rest, UNNOTICED);
}

async function secretOf(authority: Authority, notAfter: Date) {
  const pair = await newRsaKeyPair();
  const { certificate, key } = await issueLeaf(authority, pair, [HOST], notAfter);
  const stringData = {
    'tls.crt': certificate,
    'tls.key': key,
    'ca.crt': authority.signing.certificate,
  };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: NAME }, stringData };
}

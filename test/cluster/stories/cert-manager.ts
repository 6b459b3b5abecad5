import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';

import { CertificateAuthority } from '../../support/certificates.ts';
import { REPOSITORY } from '../../support/program.ts';
import { waitFor } from '../../support/wait.ts';
import { renew, secretData, startCertManager } from '../certmanager/cert-manager.ts';
import { ask } from '../lab/api.ts';
import { liveBundle, servedSerials } from '../lab/handshakes.ts';
import type { Lab } from '../lab/lab.ts';
import { clear, install, untilArmed } from '../lab/release.ts';
import { UNNOTICED } from '../lab/review-stream.ts';
import { configurationPath } from '../webhooks.ts';
import { during } from './certificates.ts';

const CA = 'eni-config-guard-ca';
const LEAF = 'eni-config-guard';
/** The Secret of the latter. */
const SERVED = 'eni-config-guard-cert-manager-tls';
const SERVED_PATH = `/api/v1/namespaces/kube-system/secrets/${SERVED}`;
const KINDS = ['validating', 'mutating'] as const;
const PATIENCE_MS = 60_000;

/** cert-manager issues and renews what an installed guard serves, and has the API server trust it. */
export async function certManagerKeepsCertificates(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await startCertManager(t, plane);

  await t.test('are issued, and the API server is told to trust them', async (t) => {
    await install(lab, { certificates: { source: 'cert-manager' } });
    await untilArmed(lab);
    const { 'ca.crt': ca, 'tls.crt': certificate = '' } = await secretData(plane, SERVED);
    for (const kind of KINDS) t.equal(await liveBundle(plane, kind), ca, kind);
    const serial = new X509Certificate(certificate).serialNumber;
    t.same(await servedSerials(t, lab), [serial, serial]);
    t.same(await lab.pods('trust'), [], 'no pod of the chart writes a caBundle');
  });

  await t.test('are renewed', async (t) => {
    await isUnnoticed(t, lab, async () => {
      for (let times = 0; times < 3; times++) await renewed(t, lab, LEAF);
    });
  });

  await t.test('are renewed under a CA that was renewed before', async (t) => {
    await caIsRenewed(t, lab);
  });

  await t.test('are made anew when their Secret is deleted', async (t) => {
    await isUnnoticed(t, lab, async () => {
      t.equal((await plane.raw('DELETE', SERVED_PATH)).status, 200);
      await untilServed(t, lab);
    });
  });

  const stranger = (await CertificateAuthority.create()).certificate;
  for (const [name, change] of [
    ['emptied', { op: 'remove' }],
    ["replaced by another's", { op: 'replace', value: Buffer.from(stranger).toString('base64') }],
  ] as const) {
    await t.test(`get their caBundle back when it is ${name}`, async (t) => {
      const { 'ca.crt': ca = '' } = await secretData(plane, SERVED);
      const patch = [{ ...change, path: '/webhooks/0/clientConfig/caBundle' }];
      for (const path of KINDS.map(configurationPath)) {
        await ask(plane, 'PATCH', path, patch, 'application/json-patch+json');
      }
      await waitFor('the caBundles to be mended', PATIENCE_MS, async () => {
        const bundles = await Promise.all(KINDS.map(async (kind) => liveBundle(plane, kind)));
        return bundles.every((bundle) => bundle.includes(ca)) ? true : undefined;
      });
      await isUnnoticed(t, lab, async () => untilServed(t, lab));
    });
  }

  await t.test('remain in two Secrets, which the command of docs/install.md deletes', async (t) => {
    await clear(lab);
    const left = async () => {
      const kinds = 'secrets,certificates,certificaterequests,issuers';
      const { stdout } = await plane.kubectl(['get', kinds, '-nkube-system', '-oname']);
      return stdout.split('\n').filter((name) => name.includes('eni-config-guard'));
    };
    await waitFor('what they were made by to be gone', PATIENCE_MS, async () =>
      (await left()).length <= 2 ? true : undefined,
    );
    t.same(
      await left(),
      ['ca', 'tls'].map((name) => `secret/eni-config-guard-cert-manager-${name}`),
    );
    const page = await readFile(join(REPOSITORY, 'docs/install.md'), 'utf8');
    const [, remove = ''] = /`(kubectl delete secret [^`]*)`/.exec(page) ?? [];
    t.match(await plane.shell(remove), { code: 0 });
    t.same(await left(), []);
  });
}

/** A CA that is renewed, and what is issued under it afterwards, cost no call. */
export async function caIsRenewed(t: Test, lab: Lab): Promise<void> {
  const { 'ca.crt': former } = await secretData(lab.plane, SERVED);
  await isUnnoticed(t, lab, async () => {
    await renew(lab.plane, CA);
    await renewed(t, lab, LEAF);
  });
  const { 'ca.crt': ca } = await secretData(lab.plane, SERVED);
  t.not(ca, former, 'it is another CA');
}

async function renewed(t: Test, lab: Lab, name: string): Promise<void> {
  await renew(lab.plane, name);
  await untilServed(t, lab);
}

/** Resolves when both pods serve what stands in the Secret. */
async function untilServed(t: Test, lab: Lab): Promise<void> {
  await waitFor('the pods to serve what was issued', PATIENCE_MS, async () => {
    const { 'tls.crt': certificate } = await secretData(lab.plane, SERVED);
    if (certificate === undefined) return undefined;
    const { serialNumber } = new X509Certificate(certificate);
    const served = await servedSerials(t, lab);
    const isServed = served.every((serial) => serial === serialNumber);
    return served.length === 2 && isServed ? true : undefined;
  });
}

async function isUnnoticed(t: Test, lab: Lab, action: () => Promise<void>): Promise<void> {
  const { answered, seen, ...rest } = await during(t, lab, action);
  t.comment(`${answered} reviews, ${seen.count} handshakes, ${seen.bundles.size} caBundles`);
  t.ok(answered > 0);
  t.same(rest, UNNOTICED);
  t.same(seen.failed, []);
}

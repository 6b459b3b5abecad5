import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { issueLeaf, newAuthority } from '../../../src/certificates/authority.ts';
import { newRsaKeyPair } from '../../../src/certificates/key.ts';
import { operatorCrds } from '../chart-crds.ts';
import { waitFor } from '../../support/wait.ts';
import { ask } from '../lab/api.ts';
import { CHART, helm, install, untilArmed } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import { configurationPath } from '../webhooks.ts';

const CONFIGURATIONS = (['validating', 'mutating'] as const).map(configurationPath);
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const ROLLOUT = 'kubectl rollout status deployment/eni-config-guard -n kube-system --timeout=90s';
const TLS = 'eni-config-guard-cert-manager-tls';
const HOST = 'eni-config-guard.kube-system.svc';

/** The source of certificates is changed as docs/operate.md tells. */
export async function certificateSourceChanges(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  for (const crd of await operatorCrds()) {
    await ask(plane, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  }
  await storeCertificate();
  await waitFor('their kinds to be served', 20_000, async () => {
    const { code } = await plane.kubectl(['get', 'certificates,issuers']);
    return code === 0 ? true : undefined;
  });
  await install(lab, { config: { server: { drainSeconds: 2 } } });
  const upgrade = async (...values: string[]) => {
    const flags = values.map((value) => `--set=${value}`);
    await helm(lab, ['upgrade', 'eni-config-guard', CHART, '--reset-then-reuse-values', ...flags]);
  };

  await t.test('to cert-manager: writes are let through meanwhile', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    for (const mode of ['warn', 'enforce']) {
      await upgrade('certificates.source=cert-manager', `config.mode=${mode}`);
      await inject();
      t.match(await plane.shell(ROLLOUT), { code: 0 });
    }
    await untilArmed(lab);
    const { answered, failed, passedOver } = await stream.stop();
    t.comment(`${answered} writes, ${passedOver} calls passed over`);
    t.same(failed, []);
    t.ok(passedOver > 0, 'the old pods were not trusted for a while');
  });

  await t.test('back to its own, at once: every call is answered', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await upgrade('certificates.source=self-signed');
    t.match(await plane.shell(ROLLOUT), { code: 0 });
    const { answered, ...rest } = await stream.stop();
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
  });

  /** Stands in for cert-manager itself. */
  async function storeCertificate(): Promise<void> {
    const notAfter = new Date(Date.now() + 3_600_000);
    const authority = await newAuthority(await newRsaKeyPair(), [], notAfter);
    const { certificate, key } = await issueLeaf(
      authority,
      await newRsaKeyPair(),
      [HOST],
      notAfter,
    );
    const { certificate: ca } = authority.signing;
    const stringData = { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': ca };
    await ask(plane, 'POST', SECRETS, { metadata: { name: TLS }, stringData });
  }

  /** Stands in for cert-manager's injector. */
  async function inject(): Promise<void> {
    const { data } = await ask<{ data: Record<string, string> }>(plane, 'GET', `${SECRETS}/${TLS}`);
    for (const path of CONFIGURATIONS) {
      const { webhooks } = await ask<{ webhooks: unknown[] }>(plane, 'GET', path);
      const patch = webhooks.map((_, index) => ({
        op: 'add',
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value: data['ca.crt'],
      }));
      await ask(plane, 'PATCH', path, patch, 'application/json-patch+json');
    }
  }
}

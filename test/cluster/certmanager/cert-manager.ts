import { join } from 'node:path';
import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import { operatorCrds } from '../chart-crds.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { Daemon } from '../controlplane/daemon.ts';
import { ask } from '../lab/api.ts';
import { findOrBuildCertManager } from './binary.ts';

const CERTIFICATES = '/apis/cert-manager.io/v1/namespaces/kube-system/certificates';
const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const PATIENCE_MS = 60_000;

/** What a release of cert-manager does that is not that of the default. */
export interface Features {
  /** The injector replaces a caBundle, as it did before 1.19, and does not add to it. */
  readonly replacesBundles?: true;
}

/** Starts cert-manager on a cluster, with its kinds; it ends with the test. */
export async function startCertManager(
  t: Test,
  plane: ControlPlane,
  { replacesBundles }: Features = {},
): Promise<void> {
  const kinds = (await operatorCrds()).map((crd) => JSON.stringify(crd)).join('\n');
  const apply = ['apply', '--server-side', '-f', '-'];
  expectSuccess(await plane.kubectl(apply, { stdin: kinds }));
  const established = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s'];
  expectSuccess(await plane.kubectl(established));

  const kubeconfig = await plane.kubeconfigFor('cert-manager', ['system:masters']);
  const features = replacesBundles ? ['--feature-gates=CAInjectorMerging=false'] : [];
  const daemon = new Daemon(
    'cert-manager',
    await findOrBuildCertManager(),
    [`--kubeconfig=${kubeconfig}`, ...features],
    join(plane.dir, 'cert-manager.log'),
    { env: { PATH: process.env.PATH, HOME: plane.dir } },
  );
  daemon.start();
  t.teardown(async () => {
    if (!t.passing()) t.comment(daemon.lastLogLines());
    await daemon.stop();
  });
}

function expectSuccess({ code, stderr }: { readonly code: number; readonly stderr: string }): void {
  if (code !== 0) throw new Error(stderr);
}

/** The data of a Secret, as text; empty while there is none. */
export async function secretData(
  plane: ControlPlane,
  name: string,
): Promise<Partial<Record<'ca.crt' | 'tls.crt', string>>> {
  const { body } = await plane.raw('GET', `${SECRETS}/${name}`);
  const { data = {} } = JSON.parse(body) as { readonly data?: Readonly<Record<string, string>> };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

interface Certificate {
  readonly spec: { readonly secretName: string };
  readonly status: { readonly conditions: readonly { readonly type: string }[] };
}

/** Has a Certificate issued anew, as `cmctl renew` does; resolves when its Secret holds another one. */
export async function renew(plane: ControlPlane, name: string): Promise<void> {
  const path = `${CERTIFICATES}/${name}`;
  const certificate = await ask<Certificate>(plane, 'GET', path);
  const { secretName } = certificate.spec;
  const before = await secretData(plane, secretName);
  const { conditions } = certificate.status;
  const issuing = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: '' };
  const status = {
    ...certificate.status,
    conditions: [...conditions.filter(({ type }) => type !== 'Issuing'), issuing],
  };
  await ask(plane, 'PUT', `${path}/status`, { ...certificate, status });
  await waitFor(`${name} to be issued anew`, PATIENCE_MS, async () => {
    const now = (await secretData(plane, secretName))['tls.crt'];
    return now !== undefined && now !== before['tls.crt'] ? true : undefined;
  });
}

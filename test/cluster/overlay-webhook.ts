import type { GuardedCluster } from './guarded-cluster.ts';
import { waitFor } from '../support/wait.ts';

export const EFFECT_TIMEOUT_MS = 10_000;

const CONFIGURATION = 'eni-config-guard-overlays';
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/**
 * Has the API server use the chart's webhook for overlays, with this machine's guard behind it;
 * resolves when the guard is asked, or when it is not asked any more.
 */
export async function registerOverlays(
  { plane, guard }: GuardedCluster,
  webhook: object,
  isAsked = true,
): Promise<void> {
  const clientConfig = {
    url: `${guard.url}/validate`,
    caBundle: Buffer.from(guard.ca).toString('base64'),
  };
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${CONFIGURATION}`;
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: CONFIGURATION },
    webhooks: [{ ...webhook, clientConfig }],
  };
  await plane.raw('DELETE', path);
  const { status, body: answer } = await plane.raw(
    'POST',
    path.slice(0, path.lastIndexOf('/')),
    body,
  );
  if (status !== 201) throw new Error(`the API server answered ${status}: ${answer}`);
  // A write that every live guard refuses and that leaves no trace.
  const probe = { metadata: { name: 'probe' }, data: { eni_conf: '[]' } };
  const refused = async () =>
    (
      await plane.raw('POST', `${CONFIG_MAPS}?dryRun=All`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        ...probe,
      })
    ).status === 422;
  const wanted = isAsked ? 'the webhook to take effect' : 'the webhook to be gone';
  await waitFor(wanted, EFFECT_TIMEOUT_MS, async () =>
    (await refused()) === isAsked ? true : undefined,
  );
}

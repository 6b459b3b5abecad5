import { DAEMON_SETS, daemonSet } from './cluster-contents.ts';
import { waitFor } from '../support/wait.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import type { WebhookEndpoint } from './webhooks.ts';

/** What a cluster is told of the restart gate, beside the guard's other webhooks. */

/** Shown in a refusal alone: while the guard can't be reached restarts go through. */
export const RESTART_WEBHOOK_NAME = 'restart.terway.eni-config-guard';

const EFFECT_TIMEOUT_MS = 10_000;
const CONFIGURATION = 'eni-config-guard-restart';

/** The webhook: changes of the pod template of one of Terway's DaemonSets. */
function restartWebhook({ url, ca }: WebhookEndpoint) {
  return {
    name: RESTART_WEBHOOK_NAME,
    clientConfig: {
      url: `${url}/restart-gate`,
      caBundle: Buffer.from(ca).toString('base64'),
    },
    rules: [
      {
        apiGroups: ['apps'],
        apiVersions: ['v1'],
        resources: ['daemonsets'],
        operations: ['UPDATE'],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    matchConditions: [
      {
        name: 'is-terway',
        expression: 'object.metadata.name in ["terway-eniip", "terway-eni", "terway"]',
      },
      { name: 'replaces-pods', expression: 'object.spec.template != oldObject.spec.template' },
    ],
    matchPolicy: 'Equivalent',
    failurePolicy: 'Ignore',
    admissionReviewVersions: ['v1'],
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 3,
  };
}

/** Has the API server ask the gate about restarts; resolves when it does. */
export async function registerRestartGate(
  plane: ControlPlane,
  endpoint: WebhookEndpoint & { log(): Promise<string> },
): Promise<void> {
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${CONFIGURATION}`;
  await plane.raw(
    'PATCH',
    `${path}?fieldManager=tests&force=true`,
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: CONFIGURATION },
      webhooks: [restartWebhook(endpoint)],
    },
    'application/apply-patch+yaml',
  );
  const asked = async () => (await endpoint.log()).split('"endpoint":"restart-gate"').length;
  const before = await asked();
  await waitFor('the restart gate to take effect', EFFECT_TIMEOUT_MS, async () => {
    await plane.raw(
      'PATCH',
      `${DAEMON_SETS}/terway-eniip?dryRun=All`,
      { spec: { template: { metadata: { annotations: { probe: String(Date.now()) } } } } },
      'application/merge-patch+json',
    );
    return (await asked()) > before ? true : undefined;
  });
}

/** A DaemonSet such as Terway's; with no controllers about, no pod comes of it. */
export async function createDaemonSet(plane: ControlPlane, name: string): Promise<void> {
  const containers = [{ name: 'terway', image: 'example.com/terway:v1.15.2' }];
  const { status, body } = await plane.raw('POST', DAEMON_SETS, daemonSet(name, { containers }));
  if (status !== 201) throw new Error(`the API server answered ${status}: ${body}`);
}

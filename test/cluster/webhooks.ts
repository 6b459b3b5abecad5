/** What a cluster is told of the guard: the two webhook configurations, as data. */

/** Name of both configurations: the word to type to disarm the guard. */
export const CONFIGURATION_NAME = 'eni-config-guard';

/** Where the API server has the two. */
export const configurationPath = (kind: 'validating' | 'mutating') =>
  `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${CONFIGURATION_NAME}`;

/**
 * Of a dead guard a person sees only the webhook's name, so the name tells what to do; it ends in
 * the name of the configuration it speaks of. Kubernetes wants a domain of three segments.
 */
export const WEBHOOK_NAMES = {
  validate: 'if-unreachable.delete-validatingwebhookconfiguration.eni-config-guard',
  mutate: 'if-unreachable.delete-mutatingwebhookconfiguration.eni-config-guard',
} as const;

/** Where the API server finds the guard. */
export interface WebhookEndpoint {
  readonly url: string;
  /** CA certificate, PEM. */
  readonly ca: string;
}

/**
 * Exactly one object, and all writes of it. Its own name is looked at: the request has none when
 * it is a create with generateName or a delete of a collection.
 */
const scope = {
  rules: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['configmaps'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      scope: 'Namespaced',
    },
  ],
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  matchConditions: [
    {
      name: 'is-eni-config',
      expression:
        '(request.operation == "DELETE" ? oldObject : object)' +
        '.?metadata.?name.orValue("") == "eni-config"',
    },
  ],
  matchPolicy: 'Equivalent',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  timeoutSeconds: 3,
};

const clientConfig = ({ url, ca }: WebhookEndpoint, path: string) => ({
  url: `${url}${path}`,
  caBundle: Buffer.from(ca).toString('base64'),
});

/** Both configurations, in the order in which the API server calls them. */
export function webhookConfigurations(endpoint: WebhookEndpoint) {
  const meta = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name: CONFIGURATION_NAME },
  };
  return {
    mutating: {
      ...meta,
      kind: 'MutatingWebhookConfiguration',
      webhooks: [
        {
          ...scope,
          name: WEBHOOK_NAMES.mutate,
          clientConfig: clientConfig(endpoint, '/mutate'),
          failurePolicy: 'Ignore',
          reinvocationPolicy: 'IfNeeded',
        },
      ],
    },
    validating: {
      ...meta,
      kind: 'ValidatingWebhookConfiguration',
      webhooks: [
        {
          ...scope,
          name: WEBHOOK_NAMES.validate,
          clientConfig: clientConfig(endpoint, '/validate'),
          failurePolicy: 'Fail',
        },
      ],
    },
  } as const;
}

import { CONFIG_SCHEMA } from '../../src/config/schema.ts';

/** The values of the chart as a JSON schema: unknown keys are refused wherever keys are known. */

const strings = { type: 'object', additionalProperties: { type: 'string' } };
const anything = { type: 'object' };
const optional = (properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  properties,
});
/** All of these have defaults, so one that is missing was set to null: no template can use that. */
const settings = (properties: Readonly<Record<string, unknown>>) => ({
  ...optional(properties),
  required: Object.entries(properties)
    .filter(([, schema]) => schema !== strings && schema !== anything)
    .map(([key]) => key),
});
const text = { type: 'string' };
const name = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const port = { type: 'integer', minimum: 1, maximum: 65535 };
/** `100m`, `1.5`, `384Mi`. */
const quantity = {
  anyOf: [{ type: 'string', pattern: '^[0-9.]+(m|k|M|G|T|Ki|Mi|Gi|Ti)?$' }, { type: 'number' }],
};
const quantities = optional({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity });
const resources = optional({ requests: quantities, limits: quantities });

const toleration = optional({
  key: text,
  operator: { enum: ['Exists', 'Equal'] },
  value: text,
  effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
  tolerationSeconds: { type: 'integer' },
});

/** YAML as Helm reads it makes false of an unquoted `off`; the templates turn it back. */
const orFalse = (schema: { readonly enum: readonly string[] }) => ({
  enum: [...schema.enum, false],
});

/**
 * The same with each name spelt out: Helm places a name that a schema of names refuses wherever it
 * likes, and one that is not among the properties where it stands.
 */
const named = (schema: {
  readonly propertyNames: { readonly enum: readonly string[] };
  readonly additionalProperties: unknown;
}) => {
  const { propertyNames, additionalProperties } = schema;
  return optional(Object.fromEntries(propertyNames.enum.map((key) => [key, additionalProperties])));
};

function without(schema: { readonly properties: object }, ...keys: string[]) {
  const kept = Object.entries(schema.properties).filter(([key]) => !keys.includes(key));
  return { ...schema, properties: Object.fromEntries(kept) };
}

const { properties: config } = CONFIG_SCHEMA;

/** What the guard takes, less what the chart itself decides. */
const guardConfig = {
  ...CONFIG_SCHEMA,
  properties: {
    ...without(CONFIG_SCHEMA, 'floor').properties,
    rules: named({
      ...config.rules,
      additionalProperties: orFalse(config.rules.additionalProperties),
    }),
    minimumVersions: named(config.minimumVersions),
    defaults: {
      ...config.defaults,
      properties: {
        ...config.defaults.properties,
        mode: orFalse(config.defaults.properties.mode),
      },
    },
    server: without(config.server, 'metricsPort', 'probePort', 'probeHost', 'pathTokensFile'),
    audit: without(config.audit, 'overlays'),
    tls: without(config.tls, 'source', 'directory', 'secret', 'servingSecret', 'names'),
    restartGate: orFalse(config.restartGate),
  },
};

export const VALUES_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Values of eni-config-guard',
  ...settings({
    // Helm hands it to every chart that others depend on.
    global: anything,
    replicas: { type: 'integer', minimum: 1 },
    maxUnavailable: { type: 'integer', minimum: 0 },
    image: settings({
      // The template that needs it says what to set.
      repository: text,
      tag: text,
      digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
      pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
      pullSecrets: { type: 'array', items: name },
    }),
    hostNetwork: flag,
    port,
    metricsPort: port,
    probePort: port,
    pathTokens: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' },
    },
    config: guardConfig,
    overlays: settings({
      enabled: flag,
      failurePolicy: { enum: ['Ignore', 'Fail'] },
      backgroundCheck: flag,
    }),
    certificates: settings({
      source: { enum: ['self-signed', 'cert-manager', 'files'] },
      existingSecret: text,
    }),
    trust: settings({ resources }),
    mutation: settings({ enabled: flag }),
    floor: settings({ enabled: flag }),
    nodeProbe: settings({
      enabled: flag,
      directory: { type: 'string', pattern: '^/' },
      pauseImage: text,
      resources,
    }),
    networkPolicy: settings({ enabled: flag }),
    monitoring: settings({
      serviceMonitor: settings({
        enabled: flag,
        interval: { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' },
        labels: strings,
      }),
      prometheusRule: settings({
        enabled: flag,
        labels: strings,
        runbookUrl: { type: 'string', pattern: `^(https?://[^\\s'"#$]+)?$` },
      }),
      dashboard: settings({ enabled: flag, labels: strings }),
    }),
    resources,
    priorityClassName: text,
    nodeSelector: strings,
    tolerations: { type: 'array', items: toleration },
    affinity: optional({
      nodeAffinity: anything,
      podAffinity: anything,
      podAntiAffinity: anything,
    }),
    podAnnotations: strings,
    podLabels: strings,
  }),
};

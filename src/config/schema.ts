import { TERWAY } from '../engine/catalogue/distributions.ts';
import { ENI_CONF_FIELDS } from '../engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../engine/catalogue/field.ts';
import { PLUGINS } from '../engine/catalogue/plugins.ts';
import { FACT_SETTINGS, type FactSetting } from '../engine/core/fact-table.ts';
import { RULE_IDS } from '../engine/rules/index.ts';
import { ENI_CONF_KEY } from '../engine/core/eni-config.ts';
import { DEFAULTS, type DefaultSpec } from '../engine/defaults/defaults.ts';

/** That it can be read as a version is checked by the loader. */
const version = { type: 'string', minLength: 1 } as const;
const names = { type: 'array', items: { type: 'string', minLength: 1 } } as const;
const settings = { type: 'object', additionalProperties: false } as const;

/**
 * At most 28 characters, and no word that is meant as a switch (`off`, `none`). Without look-ahead,
 * as Helm checks the same schema with Go's regular expressions.
 */
const chainName = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_-]{0,27}$',
  not: { enum: ['off', 'no', 'none', 'null', 'false'] },
} as const;

/** `portmap.masqAll`, `terway.symmetric_routing_config.backend`: what may have its own floor. */
function gatedFields(prefix: string, fields: Readonly<Record<string, FieldSpec>>): string[] {
  const known = Object.entries(fields).filter(([, field]) => !field.reserved);
  return known.flatMap(([name, field]) => [
    `${prefix}.${name}`,
    ...gatedFields(`${prefix}.${name}`, field.fields ?? {}),
  ]);
}

const GATED_FIELDS = [
  'terway.plugins',
  ...[...PLUGINS.values()].flatMap(({ type, fields }) => gatedFields(type, fields)),
  ...gatedFields(ENI_CONF_KEY, ENI_CONF_FIELDS),
];

/** What the configuration may say of one fact. */
function stated({ takes }: FactSetting) {
  if (takes === 'version') return version;
  if (takes !== 'plugin versions') return { enum: takes };
  const plugins = [...PLUGINS.values()].filter(({ releasedWith }) => releasedWith !== TERWAY);
  const versions = Object.fromEntries(plugins.map(({ type }) => [type, version]));
  return { ...settings, properties: versions };
}

/** The setting of a default: a switch, or where a text is added the text or false for no default. */
function defaultSetting({ value }: DefaultSpec) {
  // The only text so far is the name of an iptables chain. YAML's `off` would be a name.
  return typeof value === 'string' ? { anyOf: [{ const: false }, chainName] } : { type: 'boolean' };
}

/** The settings of all defaults, by plugin. */
const DEFAULT_SETTINGS = Object.fromEntries(
  [...new Set<string>(DEFAULTS.map(({ plugin }) => plugin))].map((plugin) => [
    plugin,
    {
      ...settings,
      properties: Object.fromEntries(
        DEFAULTS.filter((spec) => spec.plugin === plugin).map((spec) => [
          spec.id,
          defaultSetting(spec),
        ]),
      ),
    },
  ]),
);

/** The configuration file as a JSON schema (ajv, strict); every key is optional. */
export const CONFIG_SCHEMA = {
  ...settings,
  properties: {
    mode: { enum: ['enforce', 'warn', 'audit'] },
    rules: {
      type: 'object',
      propertyNames: { enum: RULE_IDS },
      additionalProperties: { enum: ['off', 'audit', 'warn', 'deny'] },
    },
    onUnknownVersion: { enum: ['warn', 'deny'] },
    firstEntry: { enum: ['strict', 'effective', 'documented'] },
    facts: {
      ...settings,
      properties: {
        source: { enum: ['static', 'cluster'] },
        // At most half of the next one, which the loader checks.
        refreshSeconds: { type: 'integer', minimum: 10, maximum: 86400 },
        staleAfterSeconds: { type: 'integer', minimum: 60, maximum: 604800 },
        ...Object.fromEntries(FACT_SETTINGS.map((setting) => [setting.key, stated(setting)])),
      },
    },
    minimumVersions: {
      type: 'object',
      propertyNames: { enum: GATED_FIELDS },
      additionalProperties: version,
    },
    defaults: {
      ...settings,
      properties: {
        mode: { enum: ['inject', 'suggest', 'off'] },
        ...DEFAULT_SETTINGS,
      },
    },
    exempt: { ...settings, properties: { users: names, groups: names } },
    server: {
      ...settings,
      properties: {
        drainSeconds: { type: 'number', minimum: 0, maximum: 600 },
        metricsPort: { type: 'integer', minimum: 0, maximum: 65535 },
        probePort: { type: 'integer', minimum: 0, maximum: 65535 },
        probeHost: { type: 'string', minLength: 1 },
        pathTokensFile: { type: 'string', minLength: 1 },
      },
    },
    tls: {
      ...settings,
      properties: {
        source: { enum: ['local', 'self-signed', 'cert-manager', 'files'] },
        minVersion: { enum: ['TLSv1.2', 'TLSv1.3'] },
        directory: { type: 'string', minLength: 1 },
        secret: { type: 'string', minLength: 1 },
        servingSecret: { type: 'string', minLength: 1 },
        names,
        caHours: { type: 'number', exclusiveMinimum: 0, maximum: 175200 },
        certificateHours: { type: 'number', exclusiveMinimum: 0, maximum: 8760 },
      },
    },
    audit: {
      ...settings,
      properties: {
        logFormat: { enum: ['auto', 'json', 'pretty'] },
        events: { type: 'boolean' },
        background: { type: 'boolean' },
        overlays: { type: 'boolean' },
      },
    },
    breakGlass: {
      ...settings,
      properties: {
        enabled: { type: 'boolean' },
        maxMinutes: { type: 'integer', minimum: 1, maximum: 10080 },
      },
    },
    restartGate: { enum: ['off', 'warn', 'deny'] },
    floor: { type: 'boolean' },
  },
} as const;

/** The parts of a schema that say which keys an object may have. */
interface KeySchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly propertyNames?: { readonly enum: readonly string[] };
}

/** The keys that may stand at `path`, for a did-you-mean. */
export function knownKeys(path: readonly string[]): readonly string[] {
  let schema: KeySchema = CONFIG_SCHEMA;
  for (const step of path) schema = schema.properties?.[step] ?? {};
  return schema.propertyNames?.enum ?? Object.keys(schema.properties ?? {});
}

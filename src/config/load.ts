import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { FACT_NAMES, FACT_SETTINGS, FACT_TABLE } from '../engine/core/fact-table.ts';
import type { Fact, Facts } from '../engine/core/facts.ts';
import { stepsOfPointer } from '../engine/json/path.ts';
import { DEFAULT_POLICY, type Policy } from '../engine/core/policy.ts';
import { closest } from '../engine/reading/suggest.ts';
import { listed, printable, quoted } from '../engine/text/text.ts';
import { type Version, parseVersion } from '../engine/core/version.ts';
import { DEFAULTS, type DefaultId, type DefaultPlugin } from '../engine/defaults/defaults.ts';
import { DEFAULT_INJECTIONS, type DefaultsPolicy } from '../engine/defaults/policy.ts';
import { type SchemaError, validateConfig } from '../generated/validate-config.js';
import { digestOf } from './digest.ts';
import { knownKeys } from './schema.ts';
import {
  type AuditConfig,
  type BreakGlassConfig,
  type Config,
  DEFAULT_BREAK_GLASS,
  DEFAULT_FACTS,
  DEFAULT_SERVER,
  DEFAULT_TLS,
  type FactsConfig,
  type ServerConfig,
  type TlsConfig,
} from './config.ts';

/** A configuration file that can't be used; each problem is one line `file:line: key: what`. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The file's content once the schema has accepted it. */
interface ConfigFile {
  readonly mode?: Policy['mode'];
  readonly rules?: Readonly<Record<string, 'off' | 'audit' | 'warn' | 'deny'>>;
  readonly onUnknownVersion?: Policy['onUnknownVersion'];
  readonly firstEntry?: Policy['firstEntry'];
  readonly facts?: Partial<Omit<FactsConfig, 'known'>> & {
    readonly pluginVersions?: Readonly<Record<string, string>>;
  };
  readonly minimumVersions?: Readonly<Record<string, string>>;
  readonly defaults?: {
    readonly mode?: DefaultsPolicy['mode'];
  } & Readonly<
    Partial<Record<DefaultPlugin, Readonly<Partial<Record<DefaultId, string | boolean>>>>>
  >;
  readonly exempt?: { readonly users?: readonly string[]; readonly groups?: readonly string[] };
  readonly server?: Partial<ServerConfig>;
  readonly tls?: Partial<TlsConfig>;
  readonly audit?: Partial<AuditConfig>;
  readonly breakGlass?: Partial<BreakGlassConfig>;
  readonly restartGate?: Config['restartGate'];
  readonly floor?: boolean;
}

/** Without a file: enforce, nothing known. */
export const DEFAULT_CONFIG: Config = toConfig({});

/**
 * Reads a configuration file (YAML). Throws ConfigError, also when the file can't be read, and when it
 * is not the text with the digest that was installed.
 */
export function loadConfig(path: string, installed?: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${printable(path)}: can't be read (${code ?? 'error'})`]);
  }
  const found = digestOf(text);
  if (installed !== undefined && found !== installed) {
    throw new ConfigError([
      `${printable(path)}: not the text that was installed (sha256 ${found}, installed ` +
        `${printable(installed)}); helm upgrade --reset-then-reuse-values puts it back, and is the ` +
        'way to change it',
    ]);
  }
  return readConfig(text, printable(path));
}

/** Reads the text of a configuration file; `name` stands in front of every problem. */
export function readConfig(text: string, name: string): Config {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number) => `${name}:${lineCounter.linePos(offset).line || 1}`;
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => `${at(error.pos[0])}: not valid YAML: ${error.message}`),
    );
  }
  const content = contentOf(document, name, at);
  const line = (key: readonly string[], what: string) =>
    `${at(offsetOf(document, key))}: ${key.map((step) => printable(step)).join('.') || 'the file'}: ${what}`;
  if (!validateConfig(content)) {
    const problems = (validateConfig.errors ?? [])
      // anyOf and propertyNames report an error of their own; those of their parts are left out.
      .filter(({ schemaPath }) => !/\/(anyOf|propertyNames)\//.test(schemaPath))
      .map((error) => line(keyOf(error), explain(error)));
    throw new ConfigError([...new Set(problems)]);
  }
  const file = content as ConfigFile;
  const unreadable = versionsIn(file).filter(([, version]) => parseVersion(version) === undefined);
  if (unreadable.length > 0) {
    throw new ConfigError(
      unreadable.map(([key, version]) =>
        line(key, `${quoted(version)} is not a version such as "1.15.2" or an image tag`),
      ),
    );
  }
  const config = toConfig(file);
  const misfit = checkIntervals(config.facts);
  if (misfit !== undefined) {
    const key = file.facts?.refreshSeconds === undefined ? 'staleAfterSeconds' : 'refreshSeconds';
    throw new ConfigError([line(['facts', key], misfit)]);
  }
  return config;
}

/** Why the two intervals do not fit: after one late list, facts would be unknown. */
function checkIntervals({ refreshSeconds, staleAfterSeconds }: FactsConfig): string | undefined {
  const most = Math.floor(staleAfterSeconds / 2);
  if (refreshSeconds <= most) return undefined;
  return (
    `with refreshSeconds ${refreshSeconds} and staleAfterSeconds ${staleAfterSeconds} facts go ` +
    `stale between lists; lower refreshSeconds to ${most}, or raise staleAfterSeconds to ` +
    `${2 * refreshSeconds}`
  );
}

function contentOf(document: Document, name: string, at: (offset: number) => string): unknown {
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document)) return;
      const place = at(alias.range?.[0] ?? 0);
      throw new ConfigError([`${place}: the alias *${printable(alias.source)} has no anchor`]);
    },
  });
  try {
    return withoutEmptyKeys(document.toJS() ?? {});
  } catch {
    throw new ConfigError([`${name}: uses more YAML aliases than any configuration needs`]);
  }
}

/** A key whose children are all commented out counts as absent. */
function withoutEmptyKeys(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}

/** Every version in the file, with the key it stands under. */
function versionsIn({ facts, minimumVersions }: ConfigFile): [string[], string][] {
  const found: [string[], string][] = [];
  for (const { key, takes } of FACT_SETTINGS) {
    const text = takes === 'version' ? statedIn(facts, key) : undefined;
    if (text !== undefined) found.push([['facts', key], text]);
  }
  for (const [type, version] of Object.entries(facts?.pluginVersions ?? {})) {
    found.push([['facts', 'pluginVersions', type], version]);
  }
  for (const [field, version] of Object.entries(minimumVersions ?? {})) {
    found.push([['minimumVersions', field], version]);
  }
  return found;
}

/** The key that an error is about: the unknown one itself, else the one with the wrong value. */
function keyOf(error: SchemaError): string[] {
  const path = stepsOfPointer(error.instancePath);
  const unknown = unknownKeyOf(error);
  return unknown === undefined ? path : [...path, unknown];
}

/** The key that must not be there, where the error is about one. */
function unknownKeyOf({ keyword, params }: SchemaError): string | undefined {
  if (keyword === 'additionalProperties') return params.additionalProperty;
  return keyword === 'propertyNames' ? params.propertyName : undefined;
}

function offsetOf(document: Document, path: readonly string[]): number {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  const pairs = (parent as { items?: readonly unknown[] } | undefined)?.items ?? [];
  for (const [index, item] of pairs.entries()) {
    const { key, range } = item as {
      key?: { value?: unknown; range?: readonly number[] };
      range?: readonly number[];
    };
    if (key && String(key.value) === last) return key.range?.[0] ?? 0;
    if (!key && String(index) === last) return range?.[0] ?? 0;
  }
  return 0;
}

function explain(error: SchemaError): string {
  const { instancePath, keyword, params } = error;
  switch (keyword) {
    case 'additionalProperties':
    case 'propertyNames': {
      const known = knownKeys(stepsOfPointer(instancePath));
      const meant = closest(unknownKeyOf(error) ?? '', known);
      if (meant !== undefined) return `unknown key; did you mean "${meant}"?`;
      return known.length <= 16 ? `unknown key; known are ${listed(known, 'and')}` : 'unknown key';
    }
    case 'enum':
      return `must be ${listed(params.allowedValues?.map(String) ?? [])}`;
    case 'type':
      return explainType(params.type);
    case 'minimum':
    case 'maximum':
      return `must be ${params.comparison} ${params.limit}`;
    case 'minLength':
      return 'must not be empty';
    case 'anyOf':
      return 'must be the name of an iptables chain, or false for no default';
    default:
      return `is not valid (${quoted(keyword)})`;
  }
}

function explainType(type: string | undefined): string {
  if (type === 'object') return 'must be a map of keys';
  return type === 'string' ? 'must be text; put it in quotes' : `must be of type ${type ?? ''}`;
}

const known = <T>(value: T): Fact<T> => ({ value, source: { kind: 'configuration' } });

/** For a text that the loader has found to be a version. */
function readVersion(text: string): Version {
  const version = parseVersion(text);
  if (!version) throw new TypeError('not a version');
  return version;
}

function toConfig(file: ConfigFile): Config {
  return {
    policy: {
      mode: file.mode ?? DEFAULT_POLICY.mode,
      rules: new Map(Object.entries(file.rules ?? {})),
      onUnknownVersion: file.onUnknownVersion ?? DEFAULT_POLICY.onUnknownVersion,
      firstEntry: file.firstEntry ?? DEFAULT_POLICY.firstEntry,
      minimumVersions: new Map(
        Object.entries(file.minimumVersions ?? {}).map(([field, version]) => [
          field,
          readVersion(version).normal,
        ]),
      ),
      exempt: {
        users: new Set(file.exempt?.users),
        groups: new Set(file.exempt?.groups),
      },
    },
    facts: toFactsConfig(file.facts ?? {}),
    defaults: toDefaults(file.defaults ?? {}),
    server: { ...DEFAULT_SERVER, ...file.server },
    tls: { ...DEFAULT_TLS, ...file.tls },
    audit: {
      logFormat: file.audit?.logFormat ?? 'auto',
      events: file.audit?.events ?? file.facts?.source === 'cluster',
      background: file.audit?.background ?? file.facts?.source === 'cluster',
      overlays: file.audit?.overlays ?? false,
    },
    breakGlass: { ...DEFAULT_BREAK_GLASS, ...file.breakGlass },
    restartGate: file.restartGate ?? 'warn',
    floor: file.floor ?? false,
  };
}

function toFactsConfig(file: NonNullable<ConfigFile['facts']>): FactsConfig {
  return {
    source: file.source ?? 'static',
    known: toFacts(file),
    refreshSeconds: file.refreshSeconds ?? DEFAULT_FACTS.refreshSeconds,
    staleAfterSeconds: file.staleAfterSeconds ?? DEFAULT_FACTS.staleAfterSeconds,
  };
}

/** What the file says of the cluster, fact by fact. */
function toFacts(file: NonNullable<ConfigFile['facts']>): Facts {
  const stated: Partial<Facts> = Object.fromEntries(
    FACT_NAMES.flatMap((name) => {
      const { setting } = FACT_TABLE[name];
      if (!setting || setting.takes === 'plugin versions') return [];
      const text = statedIn(file, setting.key);
      if (text === undefined) return [];
      return [[name, known(setting.takes === 'version' ? readVersion(text) : text)]];
    }),
  );
  const plugins = Object.entries(file.pluginVersions ?? {});
  return {
    ...stated,
    plugins: new Map(plugins.map(([type, text]) => [type, known(readVersion(text))])),
  };
}

/** The text under a setting of the table, as the schema has accepted it. */
function statedIn(file: ConfigFile['facts'], key: string): string | undefined {
  return (file as Readonly<Record<string, string | undefined>> | undefined)?.[key];
}

/** A switch of the file turns a default on or off; a text or true is the value to add. */
function toDefaults({ mode, ...plugins }: NonNullable<ConfigFile['defaults']>): DefaultsPolicy {
  const values = new Map(DEFAULT_INJECTIONS.values);
  for (const { id, plugin } of DEFAULTS) {
    const value = plugins[plugin]?.[id];
    if (value === false) values.delete(id);
    else if (value !== undefined) values.set(id, value);
  }
  return { mode: mode ?? DEFAULT_INJECTIONS.mode, values };
}

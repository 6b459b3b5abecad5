import fc from 'fast-check';

import type { FieldSpec } from '../../src/engine/catalogue/field.ts';
import { GENERIC_FIELDS } from '../../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';
import { HAND_PICKED } from './hand-picked.ts';
import { PLUGIN_TYPES, type PluginType } from '../support/plugin-releases.ts';
import { rightValues, valuesFor } from '../support/field-values.ts';

/** A configuration to be judged by a plugin and by the guard. */
export interface Configuration {
  readonly plugin: PluginType;
  /** The chain entry as text: duplicates, escapes and spellings of numbers count. */
  readonly entry: string;
}

/** Random entries of each plugin. */
const RANDOM_PER_PLUGIN = 40;

/**
 * Every configuration to try: the hand-picked ones, each field of the catalogue with each value
 * worth trying, and random combinations drawn with `seed`. No two are the same.
 */
export function configurations(seed: number): Configuration[] {
  const all = new Map<string, Configuration>();
  const add = (plugin: PluginType, entry: string) =>
    all.set(`${plugin} ${entry}`, { plugin, entry });
  for (const { plugin, entries } of HAND_PICKED) for (const entry of entries) add(plugin, entry);
  for (const { plugin, entry } of eachFieldAlone()) add(plugin, entry);
  const count = RANDOM_PER_PLUGIN * PLUGIN_TYPES.length;
  for (const { plugin, entry } of randomConfigurations(count, seed)) add(plugin, entry);
  return [...all.values()];
}

/** `count` different random entries, as many of each plugin, drawn with `seed`. */
export function randomConfigurations(count: number, seed: number): Configuration[] {
  const share = Math.ceil(count / PLUGIN_TYPES.length);
  return PLUGIN_TYPES.flatMap((plugin) => {
    const entries = fc.sample(randomEntry(plugin), { seed, numRuns: share });
    return [...new Set(entries)].map((entry) => ({ plugin, entry }));
  });
}

/** What a plugin needs before it looks at every other field. */
const COMPANIONS: Readonly<Record<PluginType, readonly Member[]>> = {
  portmap: [['capabilities', '{"portMappings": true}']],
  tuning: [],
  bandwidth: [
    ['ingressRate', '1000'],
    ['ingressBurst', '1000'],
  ],
  firewall: [],
  sbr: [],
  vrf: [['vrfname', '"blue"']],
};

/** A member's name, as text without quotes (so that it may hold escapes), and its value as JSON. */
export type Member = readonly [name: string, value: string];

function* eachFieldAlone(): Generator<Configuration> {
  for (const [index, name] of Object.keys(GENERIC_FIELDS).entries()) {
    // All plugins decode these into the same struct, so one plugin each is enough.
    const plugin = PLUGIN_TYPES[index % PLUGIN_TYPES.length]!;
    yield* fieldAlone(plugin, name, GENERIC_FIELDS[name as keyof typeof GENERIC_FIELDS]);
  }
  for (const plugin of PLUGIN_TYPES) {
    for (const [name, field] of ownFields(plugin)) yield* fieldAlone(plugin, name, field);
  }
}

/** The configuration in which one field has one value, besides what the plugin needs anyway. */
export function alone(plugin: PluginType, name: string, value: string): Configuration {
  const companions = COMPANIONS[plugin].filter(([companion]) => companion !== name);
  return { plugin, entry: entryOf(plugin, [...companions, [name, value]]) };
}

function* fieldAlone(plugin: PluginType, name: string, field: FieldSpec): Generator<Configuration> {
  if (name === 'type') return;
  for (const value of valuesFor(field)) yield alone(plugin, name, value);
}

/** The fields that the plugin itself reads, apart from those that the runtime decodes. */
export function ownFields(plugin: PluginType): [string, FieldSpec][] {
  const { fields } = PLUGINS.get(plugin)!;
  return Object.entries(fields).filter(([name]) => !Object.hasOwn(GENERIC_FIELDS, name));
}

function entryOf(plugin: PluginType, members: readonly Member[]): string {
  const all: Member[] = [['type', JSON.stringify(plugin)], ...members];
  return `{${all.map(([name, value]) => `"${name}": ${value}`).join(', ')}}`;
}

/** An entry with several members at once, mostly right, in odd spellings, with strangers and repetitions. */
export function randomEntry(plugin: PluginType): fc.Arbitrary<string> {
  const own = ownFields(plugin).map(([name, field]) => memberOf(name, field));
  const generic = Object.entries(GENERIC_FIELDS)
    .filter(([name]) => name !== 'type')
    .map(([name, field]) => memberOf(name, field));
  const stranger: fc.Arbitrary<Member> = fc
    .tuple(fc.constantFrom('comment', 'masqall', 'Sysctl', 'back end', '__proto__'), fc.jsonValue())
    .map(([name, value]) => [name, JSON.stringify(value)]);
  const member = fc.oneof(
    { weight: 12, arbitrary: fc.oneof(...own) },
    { weight: 1, arbitrary: fc.oneof(...generic) },
    { weight: 1, arbitrary: stranger },
  );
  const identity = ([name]: Member) => (JSON.parse(`"${name}"`) as string).toLowerCase();
  const length = { minLength: 1, maxLength: 6 };
  const members = fc.oneof(
    { weight: 5, arbitrary: fc.uniqueArray(member, { ...length, selector: identity }) },
    { weight: 1, arbitrary: fc.array(member, length) },
  );
  return members.map((chosen) => {
    const names = new Set(chosen.map(identity));
    const companions = COMPANIONS[plugin].filter((companion) => !names.has(identity(companion)));
    return entryOf(plugin, [...companions, ...chosen]);
  });
}

export function memberOf(name: string, field: FieldSpec): fc.Arbitrary<Member> {
  const spelling = fc.oneof(
    { weight: 12, arbitrary: fc.constant(name) },
    { weight: 1, arbitrary: fc.constant(name.toUpperCase()) },
    { weight: 1, arbitrary: fc.constant(name.toLowerCase()) },
    { weight: 1, arbitrary: fc.constant(escaped(name)) },
    { weight: 1, arbitrary: fc.constant(name.replace('s', '\u017f').replace('k', '\u212a')) },
  );
  const value = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...rightValues(field)) },
    { weight: 1, arbitrary: fc.constantFrom(...valuesFor(field)) },
  );
  return fc.tuple(spelling, value);
}

/** The name with its first letter as a JSON escape. */
const escaped = (name: string) =>
  `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;

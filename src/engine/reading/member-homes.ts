import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import { foldName } from '../json/go-names.ts';
import type { DecodedObject } from './decoded-object.ts';
import type { Fields } from './field-table.ts';

/** Where a member belongs that stands in an entry of another program, or a level too high. */

/**
 * By the folded name of a member: the first struct among these fields that has it. A document can have
 * thousands of members to ask for, so fields are folded once.
 */
type StructOf = ReadonlyMap<string, string>;

const structs = new WeakMap<Fields, StructOf>();

function structsIn(fields: Fields): StructOf {
  let found = structs.get(fields);
  if (!found) {
    found = firstOwners(
      Object.entries(fields).filter(([name]) => !Object.hasOwn(GENERIC_FIELDS, name)),
    );
    structs.set(fields, found);
  }
  return found;
}

/** By the folded name of a member: the plugins that know it, in the catalogue's order. */
const plugins = new Map<string, string[]>();
for (const [type, { fields }] of PLUGINS) {
  for (const name of ownNames(fields)) plugins.set(name, [...(plugins.get(name) ?? []), type]);
}

const eniConfNames = new Set(ownNames(ENI_CONF_FIELDS));

function firstOwners(owners: readonly (readonly [string, FieldSpec])[]): StructOf {
  const first = new Map<string, string>();
  for (const [owner, { fields }] of owners) {
    for (const name of ownNames(fields ?? {})) if (!first.has(name)) first.set(name, owner);
  }
  return first;
}

/** Folded, without those that every plugin has. */
function ownNames(fields: Fields): string[] {
  const own = Object.keys(fields).filter((name) => !Object.hasOwn(GENERIC_FIELDS, name));
  return own.map(foldName);
}

/** A place for a member. */
export interface Home {
  readonly kind: 'list' | 'capabilities' | 'struct' | 'entry' | 'conf' | 'eni_conf';
  /** In words, to follow "it belongs". */
  readonly words: string;
  /** The struct's name, or the type of the entry. */
  readonly name?: string;
}

/** Where the name is known; undefined when no program knows it. */
export function homeOf({ reader, key, fields }: DecodedObject, name: string): Home | undefined {
  if (name === 'plugins' && key === CONFLIST_KEY) {
    return {
      kind: 'list',
      words: 'at the top of the conflist: its entries go into the outer list',
    };
  }
  const folded = foldName(name);
  const capability = PLUGINS.get(reader)?.capabilities?.includes(name);
  if (capability) return { kind: 'capabilities', words: 'inside "capabilities"' };
  const struct = structsIn(fields).get(folded);
  if (struct !== undefined) return { kind: 'struct', words: `inside "${struct}"`, name: struct };
  const type = plugins.get(folded)?.find((other) => other !== reader);
  if (type !== undefined) {
    if (key === CNI_CHAIN_KEY) {
      return type === 'terway'
        ? { kind: 'conf', words: `in ${CONF_KEY}, which is ACK's` }
        : { kind: 'entry', words: `in an entry of ${type}`, name: type };
    }
    const where = type === 'terway' ? 'plugins[0], the entry of terway' : `an entry of ${type}`;
    const words = key === CONFLIST_KEY ? `in ${where}` : `in ${where}, in ${CONFLIST_KEY}`;
    return { kind: 'entry', words, name: type };
  }
  if (key === ENI_CONF_KEY || !eniConfNames.has(folded)) return undefined;
  return { kind: 'eni_conf', words: `in ${ENI_CONF_KEY}` };
}

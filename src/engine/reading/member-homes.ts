import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import { foldName } from '../json/go-names.ts';
import type { DecodedObject } from './decoded-object.ts';

/** Where a member belongs that stands in an entry of another program, or a level too high. */

type Fields = Readonly<Record<string, FieldSpec>>;

const ownNames = new WeakMap<Fields, ReadonlySet<string>>();

/** A document can have thousands of members to ask for, so names are folded once. */
function has(fields: Fields, name: string): boolean {
  let own = ownNames.get(fields);
  if (!own) {
    const names = Object.keys(fields).filter((known) => !Object.hasOwn(GENERIC_FIELDS, known));
    own = new Set(names.map(foldName));
    ownNames.set(fields, own);
  }
  return own.has(foldName(name));
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
  const capability = PLUGINS.get(reader)?.capabilities?.includes(name);
  if (capability) return { kind: 'capabilities', words: 'inside "capabilities"' };
  const inside = Object.entries(fields).find(
    ([own, spec]) => !Object.hasOwn(GENERIC_FIELDS, own) && spec.fields && has(spec.fields, name),
  );
  if (inside) return { kind: 'struct', words: `inside "${inside[0]}"`, name: inside[0] };
  for (const { type, fields: others } of PLUGINS.values()) {
    if (type === reader || !has(others, name)) continue;
    if (key === CNI_CHAIN_KEY) {
      return type === 'terway'
        ? { kind: 'conf', words: `in ${CONF_KEY}, which is ACK's` }
        : { kind: 'entry', words: `in an entry of ${type}`, name: type };
    }
    const where = type === 'terway' ? 'plugins[0], the entry of terway' : `an entry of ${type}`;
    const words = key === CONFLIST_KEY ? `in ${where}` : `in ${where}, in ${CONFLIST_KEY}`;
    return { kind: 'entry', words, name: type };
  }
  if (key === ENI_CONF_KEY || !has(ENI_CONF_FIELDS, name)) return undefined;
  return { kind: 'eni_conf', words: `in ${ENI_CONF_KEY}` };
}

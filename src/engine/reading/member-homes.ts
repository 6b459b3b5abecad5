import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import { foldName } from '../json/go-names.ts';
import type { DecodedObject } from './decoded-object.ts';

/** Where a member belongs that stands in an entry of another program, or a level too high. */

type Fields = Readonly<Record<string, FieldSpec>>;

function has(fields: Fields, name: string): boolean {
  const folded = foldName(name);
  return Object.keys(fields).some(
    (known) => foldName(known) === folded && !Object.hasOwn(GENERIC_FIELDS, known),
  );
}

/** The place in words, to follow "it belongs"; undefined when no program knows the name. */
export function homeOf({ reader, key, fields }: DecodedObject, name: string): string | undefined {
  if (name === 'plugins' && key === CONFLIST_KEY) {
    return 'at the top of the conflist: its entries go into the outer list';
  }
  const capability = PLUGINS.get(reader)?.capabilities?.includes(name);
  if (capability) return 'inside "capabilities"';
  const inside = Object.entries(fields).find(
    ([own, spec]) => !Object.hasOwn(GENERIC_FIELDS, own) && spec.fields && has(spec.fields, name),
  );
  if (inside) return `inside "${inside[0]}"`;
  for (const { type, fields: others } of PLUGINS.values()) {
    if (type === reader || !has(others, name)) continue;
    if (key === CNI_CHAIN_KEY) {
      return type === 'terway' ? `in ${CONF_KEY}, which is ACK's` : `in an entry of ${type}`;
    }
    const where = type === 'terway' ? 'plugins[0], the entry of terway' : `an entry of ${type}`;
    return key === CONFLIST_KEY ? `in ${where}` : `in ${where}, in ${CONFLIST_KEY}`;
  }
  return key !== ENI_CONF_KEY && has(ENI_CONF_FIELDS, name) ? `in ${ENI_CONF_KEY}` : undefined;
}

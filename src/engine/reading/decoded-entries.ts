import { TERWAY } from '../catalogue/distributions.ts';
import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { isTerwayEntry } from '../core/chain.ts';
import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  ENI_CONF_KEY,
  touches,
  type ChainKey,
} from '../core/eni-config.ts';
import type { JsonObject } from '../json/node.ts';
import type { ReviewContext } from '../core/rule.ts';
import { countingKey } from './counting-chain.ts';
import { type DecodedObject, type Decoding, decodeObject } from './decoded-object.ts';

/** What programs decode of the object under review: the entries of the chain, and eni_conf. */

/** The entries of the chains, or 10-terway.conf without a chain. */
interface DecodedChains {
  readonly entries: readonly DecodedObject[];
  readonly byType: ReadonlyMap<string, readonly DecodedObject[]>;
}

/** All of it, decoded once and looked at by every rule. */
interface Decoded {
  readonly entries: readonly DecodedObject[];
  readonly objects: readonly DecodedObject[];
}

function decodeChains(context: ReviewContext): DecodedChains {
  const entries = decodeEntries(context);
  const byType = new Map<string, DecodedObject[]>();
  for (const entry of entries) {
    const sameType = byType.get(entry.reader);
    if (sameType) sameType.push(entry);
    else byType.set(entry.reader, [entry]);
  }
  return { entries, byType };
}

function decode(context: ReviewContext): Decoded {
  const entries = [...context.memo(decodeChains).entries];
  const eniConf = context.document(ENI_CONF_KEY)?.root;
  if (eniConf?.type === 'object') entries.push(decodeObject(eniConf, OF_ENI_CONF));
  const objects: DecodedObject[] = [];
  for (const entry of entries) addWithNested(objects, entry);
  return { entries, objects };
}

/**
 * One for each entry of a chain that has a type, or for 10-terway.conf where it is new and counts
 * by itself, and one for eni_conf.
 */
export function decodedEntries(context: ReviewContext): readonly DecodedObject[] {
  return context.memo(decode).entries;
}

/** The entries and every object inside them that is decoded into a struct. */
export function decodedObjects(context: ReviewContext): readonly DecodedObject[] {
  return context.memo(decode).objects;
}

/** The entries of the chains, or 10-terway.conf without a chain, by plugin type. */
export function entriesByType(
  context: ReviewContext,
): ReadonlyMap<string, readonly DecodedObject[]> {
  return context.memo(decodeChains).byType;
}

const NO_ENTRIES: readonly DecodedObject[] = [];

/** Those of one plugin type. */
export function entriesOf(context: ReviewContext, type: string): readonly DecodedObject[] {
  return entriesByType(context).get(type) ?? NO_ENTRIES;
}

function addWithNested(objects: DecodedObject[], decoded: DecodedObject): void {
  objects.push(decoded);
  for (const inner of decoded.nested.values()) addWithNested(objects, inner);
}

function decodeEntries(context: ReviewContext): readonly DecodedObject[] {
  const decoded: DecodedObject[] = [];
  for (const { key, node, type } of context.entries()) {
    if (node.type !== 'object' || type === undefined) continue;
    // The rule cni-chain-terway refuses it as a whole.
    if (key === CNI_CHAIN_KEY && type === TERWAY_TYPE) continue;
    decoded.push(decodeEntry(node, type, key));
  }
  const conf = newConf(context);
  if (conf) decoded.push(decodeEntry(conf, TERWAY_TYPE, CONF_KEY));
  return decoded;
}

const OF_ENI_CONF: Decoding = {
  key: ENI_CONF_KEY,
  reader: ENI_CONF_KEY,
  releasedWith: TERWAY,
  fields: ENI_CONF_FIELDS,
  isKnownPlugin: true,
  prefix: [],
  winner: 'text',
};

const TERWAY_TYPE = 'terway';

function decodeEntry(
  node: JsonObject,
  type: string,
  key: ChainKey | typeof CONF_KEY,
): DecodedObject {
  const plugin = PLUGINS.get(type);
  return decodeObject(node, {
    key,
    reader: type,
    releasedWith: plugin?.releasedWith,
    fields: plugin?.fields ?? GENERIC_FIELDS,
    isKnownPlugin: plugin !== undefined,
    prefix: [],
    winner: 'bytes',
  });
}

/**
 * 10-terway.conf as the first entry of Terway's own chain, where this write brings its text. With a
 * conflist Terway ignores it, and one that stood there before is ACK's, and nodes run with it.
 */
function newConf(context: ReviewContext): JsonObject | undefined {
  const { change, object, facts } = context;
  if (countingKey(object, facts) === CONFLIST_KEY) return undefined;
  if (!touches(change, CONF_KEY)) return undefined;
  const root = context.document(CONF_KEY)?.root;
  return root?.type === 'object' && isTerwayEntry(root) ? root : undefined;
}

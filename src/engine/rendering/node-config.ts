import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import {
  DAEMON_DEFAULTS,
  type Ipam,
  type Loss,
  type MemberReaders,
  isReadNowhere,
  lossInOverlay,
  readersOf,
} from '../catalogue/eni-conf-readers.ts';
import { isReadBy } from '../catalogue/field.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import {
  CNI_CHAIN_KEY,
  type ConfigMap,
  type DocumentKey,
  ENI_CONF_KEY,
} from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { isCredentialName } from '../json/credentials.ts';
import { createDocumentReader } from '../json/document-reader.ts';
import { mergePatch } from '../json/merge-patch.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';
import { isSameJson } from '../json/same.ts';
import { mayReadCniChain } from '../reading/counting-chain.ts';
import { oneMayPass } from '../reading/installed.ts';
import { type GoValue, goValueOf, isGoArray, isGoObject } from './go-value.ts';
import { type NodeFile, type NodeKind, renderNodeFile, renderedKey } from './node-file.ts';

/** What one node reads: eni-config with the overlay that its label names merged over it. */

/** A node, as far as what it reads depends on it. */
export interface NodeOfConfig {
  /** What its label names; `object` is undefined where there is no such ConfigMap. */
  readonly overlay?: { readonly name: string; readonly object: ConfigMap | undefined } | undefined;
  /** What the file of the container runtime depends on. */
  readonly kind: NodeKind;
}

export interface NodeConfig {
  readonly ipam: Ipam;
  /** Why the daemon does not start on it; `members` is empty then. */
  readonly refused?: string;
  /** Of eni_conf: what counts, in the order of the texts, then defaults. */
  readonly members: readonly NodeMember[];
  /** The file of the container runtime, the text that it is made of, and where that stands. */
  readonly file: NodeFile;
  readonly fileOf: { readonly key: DocumentKey; readonly isFromOverlay: boolean };
}

export interface NodeMember {
  readonly name: string;
  /** `both`: an object with members of either; `default`: in neither text. */
  readonly origin: 'eni-config' | 'overlay' | 'both' | 'default';
  /** With secrets masked; undefined: the overlay takes away what eni-config has. */
  readonly value: GoValue | undefined;
  readonly readers: MemberReaders;
  /** Why it does nothing on this node. */
  readonly dead?: string;
  /** Of what the overlay has of it, where that does not act, or not everywhere. */
  readonly loss?: Loss;
}

/** What a node reads of a stored eni-config. Pure and total. */
export function nodeConfigOf(base: ConfigMap, node: NodeOfConfig, facts: Facts): NodeConfig {
  const { overlay, kind } = node;
  const read = createDocumentReader();
  const object = withCniChain(base, overlay?.object, facts);
  const key = renderedKey(object, facts);
  const file = {
    file: renderNodeFile(object, kind, { facts }),
    fileOf: { key, isFromOverlay: key === CNI_CHAIN_KEY && object !== base },
  };
  const baseRoot = read(base.data.get(ENI_CONF_KEY) ?? '').root;
  if (baseRoot?.type !== 'object') {
    return {
      ...file,
      ipam: 'own-pool',
      members: [],
      refused: `${ENI_CONF_KEY} of eni-config is no JSON object`,
    };
  }
  const ipam = hasCentralIpam(baseRoot) ? 'central' : 'own-pool';
  const text = overlay?.object?.data.get(ENI_CONF_KEY) ?? '';
  const patch = text === '' ? undefined : read(text).root;
  if (text !== '' && patch?.type !== 'object') {
    const refused = `${ENI_CONF_KEY} of the ConfigMap that the label names is no JSON object`;
    return { ...file, ipam, members: [], refused };
  }
  const look = { ipam, isExclusiveEni: kind === 'exclusive-eni', facts } as const;
  return { ...file, ipam, members: membersOf(baseRoot, patch, look) };
}

/** Terway newer than 1.17.5 takes the chain from there as well. */
function withCniChain(base: ConfigMap, overlay: ConfigMap | undefined, facts: Facts): ConfigMap {
  const text = overlay?.data.get(CNI_CHAIN_KEY);
  if (text === undefined || !mayReadCniChain(facts)) return base;
  return { ...base, data: new Map(base.data).set(CNI_CHAIN_KEY, text) };
}

interface Look {
  readonly ipam: Ipam;
  readonly isExclusiveEni: boolean;
  readonly facts: Facts;
}

function membersOf(base: JsonObject, patch: JsonNode | undefined, look: Look): NodeMember[] {
  const own = lastOf(base);
  const changes = patch?.type === 'object' ? lastOf(patch) : new Map<string, JsonMember>();
  const merged = patch ? mergePatch(base, patch) : base;
  const result = merged?.type === 'object' ? lastOf(merged) : own;
  const names = new Set([...own.keys(), ...changes.keys()]);
  const written = [...names].flatMap((name) => {
    const member = memberOf(name, own.get(name)?.value, changes.get(name)?.value, result, look);
    return member ? [member] : [];
  });
  const isSet = new Set(written.filter(({ value }) => value !== undefined).map(({ name }) => name));
  const defaults = Object.entries(DAEMON_DEFAULTS).flatMap(([name, value]): NodeMember[] => {
    const readers = readersOf(name, look.ipam, look.isExclusiveEni);
    const dead = deadOf(name, readers, look);
    return isSet.has(name) || dead !== undefined
      ? []
      : [{ name, origin: 'default', value, readers }];
  });
  return [...written, ...defaults];
}

function memberOf(
  name: string,
  before: JsonNode | undefined,
  change: JsonNode | undefined,
  result: ReadonlyMap<string, JsonMember>,
  look: Look,
): NodeMember | undefined {
  const readers = readersOf(name, look.ipam, look.isExclusiveEni);
  const { base = [], merged = [] } = readers;
  const dead = deadOf(name, readers, look);
  const isChanged = change !== undefined && !(before && isSameJson(before, change));
  const loss = isChanged ? lossInOverlay(name, look.ipam) : undefined;
  const more = {
    readers,
    ...(dead === undefined ? {} : { dead }),
    ...(loss === undefined ? {} : { loss }),
  };
  // What is read in eni-config alone counts as it stands there, whatever is merged over it.
  if (dead === undefined && merged.length === 0 && base.length > 0) {
    return before
      ? { name, origin: 'eni-config', value: shown(name, before), ...more }
      : {
          name,
          origin: 'overlay',
          value: change && shown(name, change),
          ...more,
          dead: loss?.why ?? '',
        };
  }
  const value = result.get(name)?.value;
  if (!value && !before) return undefined;
  const origin = !change ? 'eni-config' : isJoined(before, change, value) ? 'both' : 'overlay';
  return { name, origin, value: value && shown(name, value), ...more };
}

/** Whether something of eni-config's object is left in what counts. */
function isJoined(
  before: JsonNode | undefined,
  change: JsonNode,
  value: JsonNode | undefined,
): boolean {
  if (before?.type !== 'object' || change.type !== 'object' || value?.type !== 'object')
    return false;
  const changed = lastOf(change);
  return value.members.some(({ name }) => !changed.has(name));
}

function deadOf(name: string, { base = [], merged = [] }: MemberReaders, look: Look) {
  const field = Object.hasOwn(ENI_CONF_FIELDS, name) ? ENI_CONF_FIELDS[name] : undefined;
  if (!field) return 'Terway knows no such member';
  if (!oneMayPass(look.facts.terway, (version) => isReadBy(field, version))) {
    return 'the installed Terway does not read it';
  }
  // Who reads what no release has yet is not known.
  if (base.length + merged.length > 0 || field.unreleasedAt !== undefined) return undefined;
  if (isReadNowhere(name)) return 'nothing reads it';
  if (look.isExclusiveEni) return 'nothing reads it on a node in exclusive-ENI mode';
  return look.ipam === 'central'
    ? 'nothing reads it under central IPAM'
    : 'nothing reads it where the node keeps a pool of its own';
}

/** Of duplicates the last, as in Go. */
const lastOf = ({ members }: JsonObject): ReadonlyMap<string, JsonMember> =>
  new Map(members.map((member) => [member.name, member]));

const MASK = '***';

/** The value with what looks like a credential masked; of what Terway does not know, all of it. */
const shown = (name: string, node: JsonNode): GoValue =>
  Object.hasOwn(ENI_CONF_FIELDS, name) ? masked(name, goValueOf(node)) : MASK;

function masked(name: string, value: GoValue): GoValue {
  if (isCredentialName(name)) return value === '' || value === null ? value : MASK;
  if (isGoArray(value)) return value.map((item) => masked('', item));
  if (!isGoObject(value)) return value;
  return new Map([...value].map(([inner, item]) => [inner, masked(inner, item)]));
}

import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  type ConfigMap,
  formatOf,
  isDocumentKey,
} from '../../src/engine/core/eni-config.ts';
import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { inText, withEdits } from '../../src/engine/core/fix.ts';
import {
  type TextEdit,
  addMember,
  removeItem,
  removeMember,
  renameMember,
  replaceValue,
} from '../../src/engine/json/edit.ts';
import { createDocumentReader } from '../../src/engine/json/document-reader.ts';
import { foldName } from '../../src/engine/json/go-names.ts';
import type { JsonMember, JsonNode, JsonObject } from '../../src/engine/json/node.ts';
import { nodeAt } from '../../src/engine/json/same.ts';
import { isObject } from '../../src/engine/text/is-object.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist } from './config-maps.ts';

/** Edits that a person may come to. */

/** A list of plugins behind terway. */
export const CHAIN = '- type: portmap\n  capabilities: {portMappings: true}\n';

/** What a person makes of words that leave a choice. */
export type Choose = (
  finding: DecidedFinding,
  object: ConfigMap,
  old: ConfigMap | undefined,
) => Iterable<ConfigMap>;

function nodeOf({ key, path = [] }: DecidedFinding, { data }: ConfigMap): JsonNode | undefined {
  const text = key === undefined ? undefined : data.get(key);
  if (text === undefined || !isDocumentKey(key)) return undefined;
  const { root } = createDocumentReader()(text, formatOf(key));
  return root && nodeAt(root, path);
}

const edited = (object: ConfigMap, { key = '' }: DecidedFinding, ...edits: TextEdit[]) =>
  withEdits(object, inText(key, ...edits));

/** Another value at the place of the finding. */
export const value = (...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const node = nodeOf(finding, object);
    if (!node) return;
    for (const json of samples) yield edited(object, finding, replaceValue(node, json));
  };

/** A number as a text. */
export const inQuotes: Choose = function* (finding, object) {
  const node = nodeOf(finding, object);
  if (node) yield edited(object, finding, replaceValue(node, `"${textOf(object, finding, node)}"`));
};

/** A value that the words name in quotes, or one of each kind that a field may want. */
export const anyValue: Choose = function* (finding, object, old) {
  const named = finding.fix.text.match(/"[^"]*"/g) ?? [];
  yield* value(...named, ...OF_EVERY_KIND)(finding, object, old);
};

const OF_EVERY_KIND = [
  '1',
  '"1"',
  'true',
  '"text"',
  '[]',
  '{}',
  '"eth1"',
  '"10s"',
  '["10.0.0.0/8"]',
  '"10.0.0.0/8"',
  '0.5',
  '"0.5"',
  '"0"',
  '100',
  '70',
  '"80"',
  '"veth"',
  '"ebpf"',
  '"1024 60999"',
  '"4096 87380 6291456"',
  '[{"dst": "10.0.0.0/8"}]',
  '"0a:58:0a:00:00:01"',
  '{"a": {}}',
  '"30"',
  '["-p", "tcp"]',
  '["tcp", "dport", "80"]',
];

/** Without the member or the element at the place of the finding. */
export const without: Choose = function* (finding, object) {
  const edit = removalOf(nodeOf(finding, object));
  if (edit) yield edited(object, finding, edit);
};

function removalOf(node: JsonNode | undefined): TextEdit | undefined {
  const parent = node?.parent;
  if (!node || !parent) return undefined;
  if (parent.type === 'array') return removeItem(parent, node);
  const own = memberOf(node);
  return own && removeMember(parent, own);
}

/** The member whose value this is. */
const memberOf = (node: JsonNode): JsonMember | undefined =>
  node.parent?.type === 'object'
    ? node.parent.members.find(({ value: own }) => own === node)
    : undefined;

/** Under the name that the words give in quotes, with each of these values. */
export const underName = (...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const [, name] = /"([^"]+)"/.exec(finding.fix.text) ?? [];
    const node = nodeOf(finding, object);
    const own = node && memberOf(node);
    if (name === undefined || !own) return;
    for (const json of samples) {
      yield edited(object, finding, renameMember(own, name), replaceValue(node, json));
    }
  };

/** With a member in the object at the place of the finding. */
export const member = (name: string, ...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const node = nodeOf(finding, object);
    if (node?.type === 'object') yield* withMember(node, name, samples, finding, object);
  };

/** With a member beside the one at the place of the finding. */
export const beside = (name: string, ...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const home = nodeOf(finding, object)?.parent;
    if (home?.type === 'object') yield* withMember(home, name, samples, finding, object);
  };

function* withMember(
  home: JsonObject,
  name: string,
  samples: readonly string[],
  finding: DecidedFinding,
  object: ConfigMap,
) {
  const text = object.data.get(finding.key ?? '') ?? '';
  const present = home.members.findLast((other) => other.name === name);
  for (const json of samples) {
    const edit = present
      ? replaceValue(present.value, json)
      : addMember(text, home, { path: [name], value: json });
    yield edited(object, finding, edit);
  }
}

/** Without the members of this name, in any spelling, beside the one at the place of the finding, or itself. */
export const sibling = (name: string): Choose =>
  function* (finding, object) {
    yield* everySpelling(
      { ...finding, path: [...(finding.path?.slice(0, -1) ?? []), name] },
      object,
    );
  };

/** One of two members that are one, or that exclude each other. */
export const oneOfTwo: Choose = function* (finding, object) {
  for (const { home, one } of spellings(finding, object)) {
    yield edited(object, finding, removeMember(home, one));
  }
};

/** The members that are one field with that at the place of the finding. */
function* spellings({ path = [], ...finding }: DecidedFinding, object: ConfigMap) {
  const home = nodeOf({ ...finding, path: path.slice(0, -1) }, object);
  if (home?.type !== 'object') return;
  const name = foldName(String(path.at(-1)));
  for (const one of home.members) if (foldName(one.name) === name) yield { home, one };
}

export function* everySpelling(finding: DecidedFinding, object: ConfigMap) {
  const all = [...spellings(finding, object)];
  const [first] = all;
  if (!first) return;
  const left = first.home.members.filter((other) => !all.some(({ one }) => one === other));
  yield edited(object, finding, replaceValue(first.home, objectOf(left, object, finding)));
}

const objectOf = (members: readonly JsonMember[], object: ConfigMap, finding: DecidedFinding) =>
  `{${members.map((one) => memberText(one, object, finding)).join(', ')}}`;

const memberText = ({ name, value: own }: JsonMember, object: ConfigMap, finding: DecidedFinding) =>
  `${JSON.stringify(name)}: ${textOf(object, finding, own)}`;

/** The entry with `type` in place of one in another letter case. */
export const entryOfType: Choose = function* (finding, object) {
  const entry = nodeOf(finding, object);
  if (entry?.type !== 'object') return;
  const rest = entry.members.filter(({ name }) => name.toLowerCase() !== 'type');
  for (const type of ['terway', 'portmap']) {
    const json = [`"type": "${type}"`, ...rest.map((one) => memberText(one, object, finding))];
    yield edited(object, finding, replaceValue(entry, `{${json.join(', ')}}`));
  }
};

/** Without the entry; of a YAML text, whose entries may be one stretch, the text is written anew. */
export const fewerEntries: Choose = function* (finding, object, old) {
  if (finding.key === CNI_CHAIN_KEY) yield* text(CHAIN)(finding, object, old);
  else yield* without(finding, object, old);
};

/** Another text under the key of the finding. */
export const text = (...texts: readonly string[]): Choose =>
  function* ({ key = '' }, object) {
    for (const one of texts) yield { ...object, data: new Map(object.data).set(key, one) };
  };

/** A text under a key of data that stood in binaryData. */
export const inData: Choose = function* ({ key = '' }, object) {
  const binaryData = new Map(object.binaryData);
  binaryData.delete(key);
  const data = new Map(object.data);
  const meant = { ...BASE_VETH, [CONFLIST_KEY]: chainWith(data.get(CONF_KEY)), cni_chain: '[]\n' };
  data.set(key, (meant as Readonly<Record<string, string>>)[key] ?? '');
  yield { ...object, data, binaryData };
};

/** A chain whose first entry is what stands in 10-terway.conf. */
function chainWith(conf: string | undefined): string {
  const entry: unknown = conf === undefined ? VETH_CONF : JSON.parse(conf);
  const isTerway = isObject(entry) && entry.type === 'terway';
  return conflist([isTerway ? entry : VETH_CONF, PORTMAP]);
}

export const ownChain: Choose = function* (finding, object, old) {
  const conf = object.data.get(CONF_KEY) ?? old?.data.get(CONF_KEY);
  yield* text(chainWith(conf))(finding, object, old);
};

export const noKey: Choose = function* ({ key = '' }, object) {
  const data = new Map(object.data);
  data.delete(key);
  yield { ...object, data };
};

/** The text of the store under a key. */
export const stored = (key: string): Choose =>
  function* (_, object, old) {
    const before = old?.data.get(key) ?? BASE_VETH[key];
    if (before !== undefined) yield { ...object, data: new Map(object.data).set(key, before) };
  };

/** A text without a fault, whichever the key. */
export const anyText: Choose = function* (finding, object, old) {
  const { key = '' } = finding;
  if (key === CONFLIST_KEY) yield* ownChain(finding, object, old);
  else if (key === CNI_CHAIN_KEY) yield* text(CHAIN)(finding, object, old);
  else yield* stored(key)(finding, object, old);
};

/** All texts without white space around them. */
export const shorterTexts: Choose = function* (_, object) {
  yield { ...object, data: new Map([...object.data].map(([key, text]) => [key, text.trim()])) };
};

/** Moves a chain from 10-terway.conf to its own key. */
export const movedChain: Choose = function* (_, object, old) {
  const chain = object.data.get(CONF_KEY);
  const conf = old?.data.get(CONF_KEY);
  if (chain === undefined || conf === undefined) return;
  yield { ...object, data: new Map(object.data).set(CONFLIST_KEY, chain).set(CONF_KEY, conf) };
};

export const renamed: (object: ConfigMap, key: string, to: string) => Iterable<ConfigMap> =
  function* (object, key, to) {
    const binaryData = new Map(object.binaryData);
    binaryData.delete(key);
    yield { ...object, binaryData, data: new Map(object.data).set(to, BASE_VETH[to] ?? '') };
  };

/** Puts a member of eni_conf back, in place of one in another letter case. */
export const oldMember: Choose = function* (finding, object, old) {
  const before = old && nodeOf(finding, old);
  const root = nodeOf({ ...finding, path: [] }, object);
  if (!before || root?.type !== 'object') return;
  const [name = ''] = finding.path ?? [];
  const isMeant = (other: string) => other.toLowerCase() === String(name).toLowerCase();
  const members = root.members
    .filter((other) => !isMeant(other.name))
    .map((other) => `"${other.name}": ${textOf(object, finding, other.value)}`);
  members.push(`"${name}": ${textOf(old, finding, before)}`);
  yield edited(object, finding, replaceValue(root, `{${members.join(', ')}}`));
};

const textOf = ({ data }: ConfigMap, { key = '' }: DecidedFinding, { offset, length }: JsonNode) =>
  data.get(key)?.slice(offset, offset + length) ?? '';

/** The list without its last element, and so on. */
export const fewerItems: Choose = function* (finding, object) {
  const list = nodeOf(finding, object);
  if (list?.type !== 'array') return;
  const items = list.items.map((item) => textOf(object, finding, item));
  for (let count = items.length - 1; count > 0; count -= 1) {
    yield edited(object, finding, replaceValue(list, `[${items.slice(0, count).join(', ')}]`));
  }
};

export const ciliumFlags: Choose = function* (finding, object) {
  const node = nodeOf(finding, object);
  if (node) yield edited(object, finding, replaceValue(node, '"--debug=true --cluster-name=a"'));
};

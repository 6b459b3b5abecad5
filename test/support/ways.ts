import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  ENI_CONF_KEY,
  formatOf,
  isDocumentKey,
} from '../../src/engine/core/eni-config.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { type Way, inText, withEdits } from '../../src/engine/core/fix.ts';
import type { Policy, ReviewSettings } from '../../src/engine/core/policy.ts';
import {
  type TextEdit,
  addMember,
  removeItem,
  removeMember,
  replaceValue,
} from '../../src/engine/json/edit.ts';
import { createDocumentReader } from '../../src/engine/json/document-reader.ts';
import type { JsonNode } from '../../src/engine/json/node.ts';
import { nodeAt } from '../../src/engine/json/same.ts';
import { isObject } from '../../src/engine/text/is-object.ts';
import type { RuleId } from '../../src/engine/rules/index.ts';
import type { Write } from './changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist } from './config-maps.ts';
import { known, knownVersion } from './facts.ts';

/** The ways out that a refusal names, taken. */

/** A write, and what it is judged by. */
export interface Situation {
  readonly change: Write;
  readonly facts: Facts;
  readonly policy: Policy;
}

/** A way out that was taken; where a person chooses, what they may come to, of which one must do. */
export interface Taken {
  readonly name: string;
  readonly results: Iterable<Situation>;
}

/** Every way out that the fix of a finding names: its edits, its values, and what its words leave to a person. */
export function* waysOut(finding: DecidedFinding, situation: Situation): Generator<Taken> {
  const { edits, ways = [], text } = finding.fix;
  const { change } = situation;
  if (edits && change.new) {
    yield { name: 'its edits', results: [writing(situation, withEdits(change.new, edits))] };
  }
  for (const way of ways) yield { name: way.kind, results: [taking(way, situation)] };
  if (finding.annotation !== undefined && text.includes('remove both annotations')) {
    const { operation, old, new: object } = change;
    yield {
      name: 'no annotations',
      results: [{ ...situation, change: { operation, old, new: object } }],
    };
  }
  if (finding.rule === 'overlay-lost' && change.overlay) {
    const overlay = { ...change.overlay, nodes: { count: 0, isOpen: false } };
    yield {
      name: 'no node has the label',
      results: [{ ...situation, change: { ...change, overlay } }],
    };
  }
  const choices = CHOICES[finding.rule as RuleId] ?? [];
  for (const [says, choose] of choices) {
    if (!says.test(text)) continue;
    yield { name: String(says), results: chosenBy(choose, finding, situation) };
  }
}

function* chosenBy(choose: Choose, finding: DecidedFinding, situation: Situation) {
  const { change } = situation;
  if (!change.new) return;
  const isInBoth = finding.fix.text.includes(`the same in ${CONF_KEY}`);
  for (const object of choose(finding, change.new, change.old)) {
    if (!isInBoth) {
      yield writing(situation, object);
      continue;
    }
    const inConf = { ...finding, key: CONF_KEY, path: finding.path?.slice(2) ?? [] };
    for (const both of choose(inConf, object, change.old)) yield writing(situation, both);
  }
}

const writing = (situation: Situation, object: ConfigMap): Situation => ({
  ...situation,
  change: {
    ...situation.change,
    operation: situation.change.old ? 'UPDATE' : 'CREATE',
    new: object,
  },
});

/** A release that is newer than any other. */
const NEWEST = '99.0.0';

function taking(way: Way, situation: Situation): Situation {
  const { change, facts, policy } = situation;
  const { old } = change;
  switch (way.kind) {
    case 'edits': {
      const object = change.new ?? old;
      if (!object) throw new RangeError('there is no object to edit');
      const written = writing(situation, withEdits(object, way.edits));
      return { ...written, policy: withSettings(policy, way.settings ?? {}) };
    }
    case 'keep': {
      if (!old) throw new RangeError('nothing is stored');
      if (way.key === undefined || !change.new) return writing(situation, old);
      const text = old.data.get(way.key);
      if (text === undefined) throw new RangeError(`${way.key} is not stored`);
      const data = new Map(change.new.data).set(way.key, text);
      return writing(situation, { ...change.new, data });
    }
    case 'settings':
      return { ...situation, policy: withSettings(policy, way.settings) };
    case 'exempt':
      return {
        ...situation,
        policy: { ...policy, exempt: { users: new Set([way.user]), groups: new Set() } },
      };
    case 'break-glass':
      return {
        ...situation,
        change: {
          ...change,
          breakGlass: {
            status: 'used',
            reason: 'INC-1',
            until: '2026-01-01T00:00:00Z',
            remains: true,
          },
        },
      };
    case 'release':
      return { ...situation, facts: running(facts, way.program, way.release) };
    case 'newer-release':
      return { ...situation, facts: running(facts, way.program, NEWEST) };
    case 'binary': {
      const { binaries } = facts;
      if (!binaries) throw new RangeError('no node was probed');
      const missing = new Map(binaries.value.missing);
      missing.delete(way.type);
      const present = new Set([...binaries.value.present, way.type]);
      return {
        ...situation,
        facts: { ...facts, binaries: known({ ...binaries.value, present, missing }) },
      };
    }
  }
}

const withSettings = (
  policy: Policy,
  { rules = new Map(), ...settings }: Partial<ReviewSettings>,
) => ({
  ...policy,
  ...settings,
  rules: new Map([...policy.rules, ...rules]),
});

const running = (facts: Facts, program: string, release: string): Facts =>
  program === 'terway'
    ? { ...facts, terway: knownVersion(release) }
    : { ...facts, plugins: new Map(facts.plugins).set(program, knownVersion(release)) };

/** A list of plugins behind terway. */
const CHAIN = '- type: portmap\n  capabilities: {portMappings: true}\n';

/** What a person makes of words that leave a choice. */
type Choose = (
  finding: DecidedFinding,
  object: ConfigMap,
  old: ConfigMap | undefined,
) => Iterable<ConfigMap>;

type Choice = readonly [says: RegExp, choose: Choose];

function nodeOf({ key, path = [] }: DecidedFinding, { data }: ConfigMap): JsonNode | undefined {
  const text = key === undefined ? undefined : data.get(key);
  if (text === undefined || !isDocumentKey(key)) return undefined;
  const { root } = createDocumentReader()(text, formatOf(key));
  return root && nodeAt(root, path);
}

const edited = (object: ConfigMap, { key = '' }: DecidedFinding, ...edits: TextEdit[]) =>
  withEdits(object, inText(key, ...edits));

/** Another value at the place of the finding. */
const value = (...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const node = nodeOf(finding, object);
    if (!node) return;
    for (const json of samples) yield edited(object, finding, replaceValue(node, json));
  };

/** A value that the words name in quotes, or one of each kind that a field may want. */
const anyValue: Choose = function* (finding, object, old) {
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
const without: Choose = function* (finding, object) {
  const edit = removalOf(nodeOf(finding, object));
  if (edit) yield edited(object, finding, edit);
};

function removalOf(node: JsonNode | undefined): TextEdit | undefined {
  const parent = node?.parent;
  if (!node || !parent) return undefined;
  if (parent.type === 'array') return removeItem(parent, node);
  const member = parent.members.find(({ value: own }) => own === node);
  return member && removeMember(parent, member);
}

/** With a member in the object at the place of the finding, or around it. */
const member = (name: string, ...samples: readonly string[]): Choose =>
  function* (finding, object) {
    const node = nodeOf(finding, object);
    const home = node?.type === 'object' ? node : node?.parent;
    if (home?.type !== 'object') return;
    const text = object.data.get(finding.key ?? '') ?? '';
    for (const json of samples) {
      const present = home.members.find((other) => other.name === name);
      const edit = present
        ? replaceValue(present.value, json)
        : addMember(text, home, { path: [name], value: json });
      yield edited(object, finding, edit);
    }
  };

/** Without the member of this name in the object around the place of the finding. */
const sibling = (name: string): Choose =>
  function* (finding, object) {
    const node = nodeOf(finding, object);
    const home = node?.type === 'object' ? node : node?.parent;
    if (home?.type !== 'object') return;
    const found = home.members.find((other) => other.name === name);
    if (found) yield edited(object, finding, removeMember(home, found));
  };

/** One of two members that are one, or that exclude each other. */
const oneOfTwo: Choose = function* (finding, object) {
  for (const { home, one } of spellings(finding, object)) {
    yield edited(object, finding, removeMember(home, one));
  }
};

/** The members that are named as the place of the finding is, whatever the letter case. */
function* spellings(finding: DecidedFinding, object: ConfigMap) {
  const home = nodeOf(finding, object)?.parent;
  if (home?.type !== 'object') return;
  const name = String(finding.path?.at(-1)).toLowerCase();
  for (const one of home.members) if (one.name.toLowerCase() === name) yield { home, one };
}

const everySpelling: Choose = function* (finding, object) {
  const all = [...spellings(finding, object)];
  const [first] = all;
  if (!first) return;
  const left = first.home.members.filter((other) => !all.some(({ one }) => one === other));
  const json = left.map(({ name, value: own }) => `"${name}": ${textOf(object, finding, own)}`);
  yield edited(object, finding, replaceValue(first.home, `{${json.join(', ')}}`));
};

/** Without the entry; of a YAML text, whose entries may be one stretch, the text is written anew. */
const fewerEntries: Choose = function* (finding, object, old) {
  if (finding.key === CNI_CHAIN_KEY) yield* text(CHAIN)(finding, object, old);
  else yield* without(finding, object, old);
};

/** Another text under the key of the finding. */
const text = (...texts: readonly string[]): Choose =>
  function* ({ key = '' }, object) {
    for (const one of texts) yield { ...object, data: new Map(object.data).set(key, one) };
  };

/** A text under a key of data that stood in binaryData. */
const inData: Choose = function* ({ key = '' }, object) {
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

const ownChain: Choose = function* (finding, object, old) {
  const conf = object.data.get(CONF_KEY) ?? old?.data.get(CONF_KEY);
  yield* text(chainWith(conf))(finding, object, old);
};

const noKey: Choose = function* ({ key = '' }, object) {
  const data = new Map(object.data);
  data.delete(key);
  yield { ...object, data };
};

/** The text of the store under a key. */
const stored = (key: string): Choose =>
  function* (_, object, old) {
    const before = old?.data.get(key) ?? BASE_VETH[key];
    if (before !== undefined) yield { ...object, data: new Map(object.data).set(key, before) };
  };

/** A text without a fault, whichever the key. */
const anyText: Choose = function* (finding, object, old) {
  const { key = '' } = finding;
  if (key === CONFLIST_KEY) yield* ownChain(finding, object, old);
  else if (key === CNI_CHAIN_KEY) yield* text(CHAIN)(finding, object, old);
  else yield* stored(key)(finding, object, old);
};

/** All texts without white space around them. */
const shorterTexts: Choose = function* (_, object) {
  yield { ...object, data: new Map([...object.data].map(([key, text]) => [key, text.trim()])) };
};

/** Moves a chain from 10-terway.conf to its own key. */
const movedChain: Choose = function* (_, object, old) {
  const chain = object.data.get(CONF_KEY);
  const conf = old?.data.get(CONF_KEY);
  if (chain === undefined || conf === undefined) return;
  yield { ...object, data: new Map(object.data).set(CONFLIST_KEY, chain).set(CONF_KEY, conf) };
};

const renamed: (object: ConfigMap, key: string, to: string) => Iterable<ConfigMap> = function* (
  object,
  key,
  to,
) {
  const binaryData = new Map(object.binaryData);
  binaryData.delete(key);
  yield { ...object, binaryData, data: new Map(object.data).set(to, BASE_VETH[to] ?? '') };
};

/** Puts a member of eni_conf back, in place of one in another letter case. */
const oldMember: Choose = function* (finding, object, old) {
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
const fewerItems: Choose = function* (finding, object) {
  const list = nodeOf(finding, object);
  if (list?.type !== 'array') return;
  const items = list.items.map((item) => textOf(object, finding, item));
  for (let count = items.length - 1; count > 0; count -= 1) {
    yield edited(object, finding, replaceValue(list, `[${items.slice(0, count).join(', ')}]`));
  }
};

const ciliumFlags: Choose = function* (finding, object) {
  const node = nodeOf(finding, object);
  if (node) yield edited(object, finding, replaceValue(node, '"--debug=true --cluster-name=a"'));
};

const WRITE: Choice = [/\b(write|choose)\b/, anyValue];
const REMOVE: Choice = [/\bremove (it|this|"|plugins\[)/, without];

/**
 * What a person makes of the words of each rule that leaves a choice. A refusal whose words match
 * nothing here, and that carries neither edits nor ways, names no way out.
 */
const CHOICES: Partial<Record<RuleId, readonly Choice[]>> = {
  'bandwidth-pair': [
    [/less than/, value('1000')],
    [/add "ingressBurst"/, member('ingressBurst', '1000')],
    [/remove "ingressRate"/, sibling('ingressRate')],
  ],
  'bandwidth-subnets': [[/remove one of them/, without], WRITE],
  'binary-data': [[/put its text under data/, inData]],
  'chain-shape': [
    [/begin the list "plugins" with/, ownChain],
    [/take away "10-terway\.conflist"/, ownChain],
    [/remove the key 10-terway\.conflist/, noKey],
  ],
  'cilium-args': [[/write --flag=value/, ciliumFlags]],
  'cni-chain-member': [[/move its entries into the list/, text(CHAIN)]],
  'cni-chain-shape': [
    [/take away "cni_chain"/, text(CHAIN)],
    [/remove entries until there are 16/, text(CHAIN)],
    [/write a list/, text(CHAIN)],
    [/\[\] for none|write \[\]/, text('[]\n')],
    [/remove the key/, noKey],
    [/keep here what stands in "plugins"/, text(CHAIN)],
  ],
  'cni-chain-version': [[/keep 10-terway\.conflist beside it/, stored(CONFLIST_KEY)]],
  'conf-changed': [[/move this text to the key 10-terway\.conflist/, movedChain]],
  'conf-missing': [
    [/needs the key 10-terway\.conf/, stored(CONF_KEY)],
    [/put its text under data/, inData],
  ],
  'conf-not-entry': [[/restore the text that ACK wrote/, stored(CONF_KEY)]],
  'eni-conf-limits': [
    [/remove \d+ of them/, fewerItems],
    [/set kube_client_burst/, member('kube_client_burst', '1000')],
    [/set kube_client_qps/, member('kube_client_qps', '1')],
    [/or remove this/, without],
    [/raise kube_client_burst/, value('100000')],
    WRITE,
  ],
  'eni-conf-missing': [
    [/needs the key eni_conf/, stored(ENI_CONF_KEY)],
    [/put its text under data/, (_, object) => renamed(object, 'eni-conf', ENI_CONF_KEY)],
  ],
  'eni-conf-protected': [[/put the old value/, oldMember]],
  'eni-conf-shape': [[/restore the object|keep eni_conf as it is stored/, stored(ENI_CONF_KEY)]],
  'entry-type': [
    [/add "type"/, member('type', '"portmap"')],
    [/write an object with a "type"/, value('{"type": "portmap"}')],
    [/write type: portmap|put a space behind the colon/, text(CHAIN)],
    [/remove the second/, text(CHAIN)],
    [/or remove it/, fewerEntries],
  ],
  'entry-type-name': [[/write (the name|type)/, value('"portmap"')]],
  'field-reserved': [[/^remove /, everySpelling]],
  'field-type': [WRITE, [/remove the quotes/, value('10')]],
  'field-value': [WRITE, [/add "vrfname"/, member('vrfname', '"blue"')]],
  'field-version': [[/^remove |, or remove /, everySpelling]],
  'immutable-object': [[/leave "immutable" out/, (_, object) => [{ ...object, immutable: false }]]],
  'json-depth': [[/remove the nesting/, anyText]],
  'json-duplicate': [[/keep one of them/, oneOfTwo]],
  'json-number': [[/write a (smaller )?number/, value('1')]],
  'json-size': [
    [/shorten the texts/, shorterTexts],
    [/shorten the text\b|write the values/, anyText],
  ],
  'json-syntax': [[/./, anyText]],
  'key-typo': [[/keep one of the keys/, noKey]],
  'overlay-no-patch': [[/write an object/, text('{}\n')]],
  'plugin-typo': [[/make the entry from 10-terway\.conf the first/, ownChain]],
  'portmap-backend': [
    [/begin with a match that begins with "-"/, value('["-p", "tcp"]')],
    [/words of iptables/, value('["-p", "tcp"]')],
    [/words of nftables/, value('["tcp", "dport", "80"]')],
  ],
  'portmap-mark-chain': [[/name a chain that exists/, value('"OWN-MARKS"')]],
  'portmap-marks': [
    [/"markMasqBit"/, sibling('markMasqBit')],
    [/"externalSetMarkChain"/, sibling('externalSetMarkChain')],
  ],
  'symmetric-routing-limits': [WRITE],
  'terway-name-case': [REMOVE],
  'terway-policy-provider': [WRITE, REMOVE],
  'terway-virtual-type': [[/use the value of 10-terway\.conf/, ownChain]],
  'tuning-mtu': [WRITE],
  'tuning-sysctl-host': [REMOVE],
  'tuning-sysctl-value': [WRITE],
  'vrf-name': [[/choose a shorter name/, value('"blue"')]],
};

import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { EFFECT_TEXT } from '../catalogue/field.ts';
import { NETWORK_MAKERS } from '../catalogue/network-makers.ts';
import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  ENI_CONF_KEY,
  type ChainKey,
} from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, type Fix, inText, paste, prose } from '../core/fix.ts';
import { type TextEdit, removeItem, renameMember } from '../json/edit.ts';
import { closest } from '../reading/suggest.ts';
import { type ChainEntry, entryName } from '../core/chain.ts';
import { jsonDifferences } from '../json/diff.ts';
import { typeValue } from './field-text.ts';
import { masked } from '../json/credentials.ts';
import { exactMember, foldName } from '../json/go-names.ts';
import {
  type JsonArray,
  type JsonMember,
  type JsonNode,
  type JsonObject,
  describeType,
} from '../json/node.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { keyOfMember } from '../reading/key-names.ts';
import { quoted } from '../text/text.ts';
import { jsonText } from '../json/format.ts';
import { entryRemoval, memberRenaming } from './entry-edits.ts';
import { isSlipOfTerway } from './plugin-types.ts';

/** Rules about the chain as a list of plugins; what stands inside an entry is judged elsewhere. */

export const confNotEntry = defineRule({
  info: {
    id: 'conf-not-entry',
    title: '10-terway.conf is one Terway plugin entry',
    why: 'Without a chain terway-cli reads it as a single plugin entry: one without a type stops the init container, one of another plugin fails every new pod. Beside a chain it waits until the chain is removed.',
    fix: prose('restore the text that ACK wrote'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const root = context.document(CONF_KEY)?.root;
    if (!root) return;
    const type = exactMember(root, 'type')?.value;
    if (type?.type === 'string' && type.value === 'terway') return;
    yield {
      key: CONF_KEY,
      whole: [],
      at: { offset: root.offset, length: 1 },
      message: exactMember(root, 'plugins')
        ? `this is a conflist; it belongs under ${CONFLIST_KEY}, and ${CONF_KEY} holds one entry`
        : `${CONF_KEY} is no plugin entry of type "terway": ${
            EFFECT_TEXT[type?.type === 'string' ? 'every-pod' : 'terway-start']
          }${context.object.data.has(CONFLIST_KEY) ? ' once the chain is removed' : ''}`,
    };
  },
});

export const chainShape = defineRule({
  info: {
    id: 'chain-shape',
    title: 'A conflist is an object with a list "plugins"',
    why: 'Terway takes anything else for a single plugin entry, for entries in random order or for an empty chain, and the node ends up NotReady or with another chain than the one meant.',
    fix: prose(
      'write {"plugins": [ ... ]} with the entry from 10-terway.conf first; for the default chain remove the key 10-terway.conflist',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const root = context.document(CONFLIST_KEY)?.root;
    if (!root) return;
    const key = CONFLIST_KEY;
    if (root.type !== 'object') {
      yield {
        key,
        whole: [],
        at: root,
        message: `a conflist is an object, not ${describeType(root)}`,
        ...(root.type === 'array'
          ? {
              fix: prose(
                'put {"plugins": before it and } behind it',
                wrapped(root, '{"plugins": ', '}'),
              ),
            }
          : { fix: beginning(context) }),
      };
      return;
    }
    const plugins = exactMember(root, 'plugins');
    if (!plugins) {
      yield { key, whole: [], ...missingPlugins(root, context) };
      return;
    }
    const at = { key, whole: [], path: ['plugins'], at: plugins.value };
    if (plugins.value.type !== 'array') {
      yield {
        ...at,
        message: `"plugins" must be a list, not ${describeType(plugins.value)}`,
        fix:
          plugins.value.type === 'object' && exactMember(plugins.value, 'type')
            ? prose('put [ before it and ] behind it', wrapped(plugins.value, '[', ']'))
            : beginning(context),
      };
    } else if (plugins.value.items.length === 0) {
      yield {
        ...at,
        message: '"plugins" is empty: nodes that restart go NotReady',
        fix: beginning(context),
      };
    }
  },
});

/** Where nothing of the chain stands there yet. */
function beginning(context: ReviewContext): Fix {
  const conf = context.document(CONF_KEY)?.root;
  const isEntry = conf !== undefined && exactMember(conf, 'type')?.value.value === 'terway';
  const entry = isEntry
    ? masked(jsonText(conf))
    : `the entry of terway, as ACK writes it in ${CONF_KEY}`;
  return prose(
    `for a chain of your own begin the list "plugins" with ${entry}; ` +
      `for the default chain remove the key ${CONFLIST_KEY}`,
  );
}

/** `node` with text before and behind it. */
const wrapped = ({ offset, length }: JsonNode, before: string, behind: string) =>
  inText(
    CONFLIST_KEY,
    { offset, length: 0, text: before },
    { offset: offset + length, length: 0, text: behind },
  );

function missingPlugins(
  root: JsonObject,
  context: ReviewContext,
): Pick<Problem, 'message' | 'fix' | 'at' | 'path'> {
  const variant =
    root.members.find((member) => foldName(member.name) === 'plugins') ??
    root.members.find((member) => closest(member.name, ['plugins']) !== undefined);
  if (variant) {
    return {
      path: [variant.name],
      at: variant.nameNode,
      message:
        foldName(variant.name) === 'plugins'
          ? `${quoted(variant.name)} is not "plugins": Terway looks for it in lower case`
          : `the list "plugins" is missing; did you mean it by ${quoted(variant.name)}?`,
      fix: paste('"plugins"', inText(CONFLIST_KEY, renameMember(variant, 'plugins'))),
    };
  }
  const inner = root.members.find(({ name }) => keyOfMember(name) === CONFLIST_KEY);
  const at = { offset: root.offset, length: 1 };
  if (inner?.value.type === 'object') {
    return {
      at,
      message: `${quoted(inner.name)} is the name of the key; the text begins with what stands behind it`,
      fix: prose(
        `take away ${quoted(inner.name)} and the braces around it`,
        root.members.length === 1 ? unwrapping(root, inner.value) : undefined,
      ),
    };
  }
  const type = exactMember(root, 'type')?.value;
  if (type) {
    const conf = type.value === 'terway' ? '' : confText(context);
    const first = conf === '' ? '' : `${conf}, `;
    return {
      at,
      message: 'this is a bare plugin entry, not a chain: "plugins" is missing',
      fix: prose(
        `put {"plugins": [${first === '' ? '' : `, the entry from ${CONF_KEY} and a comma`} before it and ]} behind it`,
        wrapped(root, `{"plugins": [${first}`, ']}'),
      ),
    };
  }
  const known = root.members.filter(({ name }) => Object.hasOwn(ENI_CONF_FIELDS, name));
  if (known.length > 1) {
    return {
      // Without a place, as its lines may hold secrets.
      message: `this is the daemon's configuration; it belongs under the key ${ENI_CONF_KEY}, and ${CONFLIST_KEY} holds a chain`,
      fix: prose(
        `move it to ${ENI_CONF_KEY} if it is meant to change, and ${beginning(context).text}`,
      ),
    };
  }
  return { at, message: 'the list "plugins" is missing', fix: beginning(context) };
}

/** The entry of terway as 10-terway.conf has it; empty where that can't be read. */
function confText(context: ReviewContext): string {
  const root = context.document(CONF_KEY)?.root;
  if (root?.type !== 'object') return '';
  return (context.object.data.get(CONF_KEY) ?? '').slice(root.offset, root.offset + root.length);
}

/** Leaves of `outer` what `inner` is, byte for byte. */
function unwrapping(outer: JsonNode, inner: JsonNode): readonly DataEdit[] {
  const innerEnd = inner.offset + inner.length;
  return inText(
    CONFLIST_KEY,
    { offset: outer.offset, length: inner.offset - outer.offset, text: '' },
    { offset: innerEnd, length: outer.offset + outer.length - innerEnd, text: '' },
  );
}

export const entryType = defineRule({
  info: {
    id: 'entry-type',
    title: 'Every plugin entry is an object with a "type"',
    why: 'terway-cli stops with "type not found" in the init container, so every Terway pod fails to start; with an empty type the container runtime refuses the list and the node goes NotReady.',
    fix: prose('add "type": "<name of the plugin>"'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  *check(context) {
    for (const { key, node, path } of context.entries()) {
      if (node.type !== 'object') {
        yield {
          key,
          whole: path,
          path,
          at: node,
          message: `a plugin entry is an object, not ${describeType(node)}`,
          ...(isListOfObjects(node)
            ? {
                fix: prose(
                  node.column === undefined
                    ? 'remove [ and ] around it'
                    : 'remove the second "-" before it',
                  withoutBrackets(key, node),
                ),
              }
            : (writtenEntry(key, node) ?? {
                fix: prose('write an object with a "type", or remove it'),
              })),
        };
        continue;
      }
      const type = exactMember(node, 'type');
      if (!type) {
        const variant = node.members.find((member) => foldName(member.name) === 'type');
        yield {
          key,
          whole: path,
          path,
          at: variant?.nameNode ?? { offset: node.offset, length: 1 },
          message: variant
            ? `${quoted(variant.name)} is not "type": Terway looks for it in lower case`
            : 'this entry has no "type": every Terway pod fails to start',
          ...(variant ? { fix: named(key, variant) } : {}),
        };
      } else if (type.value.type !== 'string') {
        yield {
          key,
          path: [...path, 'type'],
          at: type.value,
          message: `"type" must be text, not ${describeType(type.value)}: every Terway pod fails to start`,
          fix: WRITE_TYPE,
        };
      } else if (type.value.value === '') {
        yield {
          key,
          path: [...path, 'type'],
          at: type.value,
          message:
            key === CNI_CHAIN_KEY
              ? '"type" is empty: every Terway pod fails to start'
              : '"type" is empty: the container runtime refuses the chain, the node goes NotReady',
          fix: WRITE_TYPE,
        };
      }
    }
  },
});

const WRITE_TYPE = prose('write "type": "<name of the plugin>"');

/** Only a text names a plugin. */
function named(key: ChainKey, variant: JsonMember): Fix {
  return variant.value.type === 'string'
    ? paste(`"type": ${jsonText(variant.value)}`, memberRenaming(key, variant, 'type'))
    : prose(`write "type" with the name of the plugin in place of ${quoted(variant.name)}`);
}

/** A plugin's name alone, or a member without the space behind its colon, as YAML reads them. */
function writtenEntry(key: ChainKey, { type, value, offset, length }: JsonNode) {
  if (key !== CNI_CHAIN_KEY || type !== 'string' || value.length !== length) return undefined;
  if (/^[a-z][a-z0-9-]*$/.test(value)) {
    return { fix: paste(`type: ${value}`, inText(key, { offset, length: 0, text: 'type: ' })) };
  }
  const [name] = /^[A-Za-z_]+:(?=[^\s:])/.exec(value) ?? [];
  if (name === undefined) return undefined;
  const edit = { offset: offset + name.length, length: 0, text: ' ' };
  return { fix: prose('put a space behind the colon', inText(key, edit)) };
}

const isListOfObjects = (node: JsonNode): node is JsonArray =>
  node.type === 'array' &&
  node.items.length > 0 &&
  node.items.every(({ type }) => type === 'object');

/** Undefined for a list in YAML's block style, which has no brackets. */
const withoutBrackets = (key: ChainKey, { offset, length, column }: JsonArray) =>
  column === undefined
    ? inText(
        key,
        { offset, length: 1, text: '' },
        { offset: offset + length - 1, length: 1, text: '' },
      )
    : undefined;

export const terwayNotFirst = defineRule({
  info: {
    id: 'terway-not-first',
    title: 'terway is the first plugin of the chain',
    why: 'Only terway creates the pod interface. Every other plugin works on its result and fails every new pod when it runs before terway or without it.',
    fix: prose('make the entry from 10-terway.conf the first of "plugins"'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const chain = context.chain(CONFLIST_KEY);
    // A plugin that makes the network of a pod is to go, wherever it stands.
    const first = chain?.find(({ type = '' }) => !NETWORK_MAKERS.has(type)) ?? chain?.[0];
    // An entry without a readable type is a finding of its own, and so is a slip of terway.
    if (!chain || first?.type === undefined || first.type === 'terway') return;
    if (isSlipOfTerway(first.type)) return;
    const terway = chain.find((entry) => entry.type === 'terway');
    const conf = context.document(CONF_KEY)?.root;
    yield {
      key: CONFLIST_KEY,
      path: [...first.path, 'type'],
      at: typeValue(first.node),
      dependsOn: [CONFLIST_KEY],
      message: terway
        ? `terway must be the first plugin, but ${quoted(first.type)} stands before it: every new pod fails`
        : `the chain has no terway entry; it must be the first plugin: every new pod fails`,
      ...(terway
        ? {
            fix: prose(
              `move plugins[${terway.index}] to the top of "plugins"`,
              toTheTop(context, terway),
            ),
          }
        : conf?.type === 'object' && { fix: paste(jsonText(conf), onTop(context)) }),
    };
  },
});

/** Puts the entry of 10-terway.conf before all others. */
function onTop(context: ReviewContext): readonly DataEdit[] | undefined {
  const [top] = context.chain(CONFLIST_KEY) ?? [];
  return top && inText(CONFLIST_KEY, insertion(top, confText(context)));
}

const insertion = ({ node }: ChainEntry, entry: string): TextEdit => ({
  offset: node.offset,
  length: 0,
  text: `${entry}, `,
});

function toTheTop(context: ReviewContext, { node }: ChainEntry): readonly DataEdit[] | undefined {
  const [top] = context.chain(CONFLIST_KEY) ?? [];
  const list = node.parent;
  if (!top || list?.type !== 'array') return undefined;
  const text = context.object.data.get(CONFLIST_KEY) ?? '';
  const entry = text.slice(node.offset, node.offset + node.length);
  return inText(CONFLIST_KEY, insertion(top, entry), removeItem(list, node));
}

export const terwayRepeated = defineRule({
  info: {
    id: 'terway-repeated',
    title: 'terway stands in the chain once',
    why: 'Each entry runs for each pod. A second terway asks for a second interface of the same name.',
    fix: prose('remove this entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueDuplicate',
  },
  *check(context) {
    const [, ...later] = (context.chain(CONFLIST_KEY) ?? []).filter(
      (entry) => entry.type === 'terway',
    );
    for (const entry of later) {
      yield {
        key: CONFLIST_KEY,
        whole: entry.path,
        path: entry.path,
        at: typeValue(entry.node),
        message: 'terway stands in the chain a second time: it would run twice for every new pod',
        fix: prose('remove this entry', entryRemoval(entry.key, entry.node)),
      };
    }
  },
});

export const pluginRepeated = defineRule({
  info: {
    id: 'plugin-repeated',
    title: 'A plugin stands in the chain once',
    why: 'Each entry runs for each pod, one after the other; what the later one sets wins, and portmap makes its rules twice.',
    fix: prose('make one entry of the two'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueDuplicate',
  },
  *check(context) {
    const earlier = new Map<string, ChainEntry>();
    for (const entry of context.entries()) {
      const { key, type = '', node, path, index } = entry;
      const kind = `${key} ${type}`;
      const former = earlier.get(kind);
      if (!former) earlier.set(kind, entry);
      if (!former || type === '' || type === 'terway' || NETWORK_MAKERS.has(type)) continue;
      const isSame = jsonDifferences(former.node, node, 1).length === 0;
      yield {
        key,
        path: [...path, 'type'],
        at: typeValue(node),
        message: `${quoted(type)} stands in the chain a second time, after ${entryName(key, former.index)}: both run for every new pod`,
        fix: isSame
          ? prose('remove this entry, which is the same', entryRemoval(key, node))
          : prose(
              `move what ${entryName(key, index)} adds into ${entryName(key, former.index)}, and remove it`,
            ),
      };
    }
  },
});

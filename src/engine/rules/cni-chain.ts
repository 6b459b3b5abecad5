import { typeValue } from './field-text.ts';
import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import { TERWAY } from '../catalogue/distributions.ts';
import { EFFECT_TEXT } from '../catalogue/field.ts';
import {
  CHAIN_KEYS,
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  type ConfigMap,
} from '../core/eni-config.ts';
import { MAX_CNI_CHAIN_ENTRIES } from '../core/chain.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, chosen, inText, prose, withWays } from '../core/fix.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { jsonDifferences } from '../json/diff.ts';
import { type TextEdit, removeMember } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode, type JsonObject, describeType, pathOf } from '../json/node.ts';
import { readStrictly } from '../json/reader.ts';
import { isOfTerway, isTerwaysOwn } from '../reading/cni-chain-members.ts';
import { mayReadCniChain } from '../reading/counting-chain.ts';
import { keyOfMember } from '../reading/key-names.ts';
import { gapsOf } from '../reading/version-gap.ts';
import { listed, quoted } from '../text/text.ts';
import { entryRemoval, memberRemoval } from './entry-edits.ts';
import { problemOf } from './version-problem.ts';
import { describeNodes } from './version-text.ts';
import { aboutKey } from '../reading/subjects.ts';

/**
 * Rules about the key cni_chain, which Terway newer than 1.17.5 reads: a list, in YAML, of the plugins
 * behind terway. What stands inside its entries is judged by the rules about plugins. Source:
 * parseCNIChain in cmd/terway-cli/cni.go, read and not run, as no release has it yet.
 */

const key = CNI_CHAIN_KEY;

const STOPS = EFFECT_TEXT['terway-start'];

export const cniChainShape = defineRule({
  info: {
    id: 'cni-chain-shape',
    title: `cni_chain is a list of at most ${MAX_CNI_CHAIN_ENTRIES} plugins`,
    why: "terway-cli takes a list of plugin entries, without the entry of terway, and stops the init container at anything else, so every Terway pod fails to start. [] is a list as well: it switches the chain off. Read in Terway's newest source, which no release has yet.",
    fix: prose('write a list: "- type: <name of the plugin>" for each plugin, or [] for none'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutKey(key),
  check(context) {
    const root = context.document(key)?.root;
    if (!root) return NO_PROBLEMS;
    if (root.type === 'array') {
      const [tooMany] = root.items.slice(MAX_CNI_CHAIN_ENTRIES);
      if (!tooMany) return NO_PROBLEMS;
      return [
        {
          key,
          path: pathOf(tooMany),
          at: { offset: tooMany.offset, length: 1 },
          message: `${root.items.length} plugins; Terway takes ${MAX_CNI_CHAIN_ENTRIES} at most: ${STOPS}`,
          fix: prose(`remove entries until there are ${MAX_CNI_CHAIN_ENTRIES}`),
        },
      ];
    }
    if (root.type === 'object') {
      return [{ key, at: { offset: root.offset, length: 1 }, ...objectAsChain(context, root) }];
    }
    if (root.type === 'null') {
      return [
        {
          key,
          at: { offset: root.offset, length: Math.max(1, root.length) },
          message: `the text is empty or null, and cni_chain is a list: ${STOPS}`,
          fix: prose('write [] to switch the chain off, or remove the key cni_chain'),
        },
      ];
    }
    return [{ key, at: root, message: `cni_chain is a list, not ${describeType(root)}: ${STOPS}` }];
  },
});

type Said = Pick<Problem, 'message' | 'fix'>;

function objectAsChain(context: ReviewContext, root: JsonObject): Said {
  if (exactMember(root, 'plugins')) return conflistAsChain(context, root);
  const [first] = root.members;
  if (first && root.members.length === 1 && keyOfMember(first.name) !== undefined) {
    return {
      message: `${quoted(first.name, 60)} is a key of the ConfigMap; its text begins with what stands behind it`,
      fix: prose(`take away ${quoted(first.name, 60)}, and indent what stands below it less`),
    };
  }
  if (exactMember(root, 'type')) {
    const text = context.document(key)?.text ?? '';
    return {
      message: `a single plugin entry, and cni_chain is a list: ${STOPS}`,
      fix: prose(
        'make it an element of a list: put "- " before it',
        inText(key, ...asItem(text, root)),
      ),
    };
  }
  return { message: `cni_chain is a list, not ${describeType(root)}: ${STOPS}` };
}

/** An object as the one element of a list, in brackets or, in block style, behind a "-". */
function asItem(text: string, { offset, length, column }: JsonObject): readonly TextEdit[] {
  if (column === undefined) {
    return [
      { offset, length: 0, text: '[' },
      { offset: offset + length, length: 0, text: ']' },
    ];
  }
  const edits = [{ offset, length: 0, text: '- ' }];
  for (const { index } of text.slice(0, offset + length).matchAll(/^(?=.*\S)/gm)) {
    if (index > offset) edits.push({ offset: index, length: 0, text: '  ' });
  }
  return edits;
}

/** A whole conflist, which every release reads under its own key. */
function conflistAsChain(context: ReviewContext, root: JsonObject): Said {
  const { object } = context;
  const text = context.text(key);
  const isFree = !object.data.has(CONFLIST_KEY) && !object.binaryData.has(CONFLIST_KEY);
  const isJson = !('failedAt' in readStrictly(text));
  const edits: readonly DataEdit[] = [{ kind: 'rename', key, to: CONFLIST_KEY }];
  const asList = 'keep here what stands in "plugins" behind the entry of terway, as a list';
  return {
    message: `this is a conflist; cni_chain is a list of the plugins behind terway: ${STOPS}`,
    fix:
      isFree && isJson
        ? prose(`move this text to the key ${CONFLIST_KEY}, or ${asList}`, edits)
        : prose(`${asList}${hasSymmetricRouting(root) ? `; ${SYMMETRIC_HOME}` : ''}`),
  };
}

function hasSymmetricRouting(conflist: JsonObject): boolean {
  const plugins = exactMember(conflist, 'plugins')?.value;
  const [first] = plugins?.type === 'array' ? plugins.items : [];
  return first !== undefined && exactMember(first, 'symmetric_routing')?.value.value === true;
}

const SYMMETRIC_HOME =
  `with cni_chain, symmetric_routing belongs in ${CONF_KEY}, which is ACK's: set it there with ` +
  `break-glass, or keep the chain under ${CONFLIST_KEY}, whose first entry may have it`;

export const cniChainTerway = defineRule({
  info: {
    id: 'cni-chain-terway',
    title: 'terway stands in no entry of cni_chain',
    why: "terway-cli puts the text of 10-terway.conf before the list, and stops the init container when the list has an entry of type terway, so every Terway pod fails to start. Read in Terway's newest source, which no release has yet.",
    fix: prose('remove the entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutKey(key),
  check: (context) => (context.chain(key) ? terwayIn(context) : NO_PROBLEMS),
});

function* terwayIn(context: ReviewContext): Generator<Problem> {
  const conf = context.document(CONF_KEY)?.root;
  for (const { node, type, path } of context.chain(key) ?? []) {
    if (type !== 'terway') continue;
    const own = ownMembers(node, conf);
    yield {
      key,
      path: [...path, 'type'],
      at: typeValue(node),
      dependsOn: [key, CONF_KEY],
      message: `Terway puts ${CONF_KEY} before this list, so terway must not stand in it: ${STOPS}`,
      fix:
        own.length === 0
          ? prose('remove this entry', entryRemoval(key, node))
          : withWays(
              prose(
                `remove this entry; ${
                  own.some(isOfTerway)
                    ? SYMMETRIC_HOME
                    : `what it has beyond ${CONF_KEY} (${listed(
                        own.slice(0, 3).map((name) => quoted(name, 40)),
                        'and',
                      )}) belongs there, which is ACK's and needs break-glass`
                }`,
              ),
              ...chosen(entryRemoval(key, node)),
              { kind: 'break-glass' },
            ),
    };
  }
}

/** The members of an entry of terway that 10-terway.conf does not have so. */
function ownMembers(entry: JsonNode, conf: JsonNode | undefined): readonly string[] {
  if (entry.type !== 'object') return [];
  const same = new Set(entry.members.map(({ name }) => name));
  const differences = conf ? jsonDifferences(conf, entry) : [];
  const own = new Set(differences.filter(({ found }) => found).map(({ path }) => String(path[0])));
  return [...same].filter((name) => name !== 'type' && (!conf || own.has(name)));
}

export const cniChainMember = defineRule({
  info: {
    id: 'cni-chain-member',
    title: 'An entry of cni_chain holds nothing that is of Terway',
    why: "terway-cli stops the init container at name, cniVersion or plugins in an entry, as it sets these itself. symmetric_routing is a member of terway: in cni_chain no program reads it. Read in Terway's newest source, which no release has yet.",
    fix: prose('remove the member'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutKey(key),
  check: checkEach(
    (context) => context.chain(key) ?? [],
    function* ({ node, type }) {
      if (node.type !== 'object' || type === 'terway') return;
      for (const member of node.members) {
        const { name, nameNode: at, value } = member;
        const place = { key, path: pathOf(value), at };
        if (isOfTerway(name)) {
          yield {
            ...place,
            message: `${quoted(name)} is of terway, which does not stand in cni_chain, so it has no effect here`,
            fix: withWays(
              prose(`remove it here; ${SYMMETRIC_HOME}`),
              ...chosen(memberRemoval(key, member)),
              { kind: 'break-glass' },
            ),
            impact: 'no-effect',
          };
        } else if (isTerwaysOwn(name)) {
          yield {
            ...place,
            message: `Terway takes no ${quoted(name)} in an entry of cni_chain: ${STOPS}`,
            fix:
              name === 'plugins'
                ? prose('move its entries into the list itself, and remove "plugins"')
                : prose(`remove ${quoted(name)}`, inText(key, removeMember(node, member))),
          };
        }
      }
    },
  ),
});

const holds = ({ data, binaryData }: ConfigMap, name: string) =>
  data.has(name) || binaryData.has(name);

export const cniChainVersion = defineRule({
  info: {
    id: 'cni-chain-version',
    title: `cni_chain needs Terway newer than ${CNI_CHAIN_UNREAD_UP_TO}`,
    why: `No release up to ${CNI_CHAIN_UNREAD_UP_TO} reads the key. It may be written ahead of an upgrade; a write that puts it in the place of a conflist takes the chain away from nodes with an older Terway.`,
    fix: prose(`keep the chain under ${CONFLIST_KEY} until Terway is upgraded`),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueForbidden',
    settings: ['onUnknownVersion'],
  },
  about: aboutKey(key),
  check: (context) => (context.object.data.has(key) ? unreadChain(context) : NO_PROBLEMS),
});

function* unreadChain(context: ReviewContext): Generator<Problem> {
  const { change, facts, object } = context;
  const hasConflist = holds(object, CONFLIST_KEY);
  const isOff = context.chain(key)?.length === 0;
  // Without a conflist there is nothing that [] could switch off.
  if (isOff && !hasConflist) return;
  const before = change.old?.data.get(CONFLIST_KEY);
  const isReplaced = before !== undefined && !hasConflist;
  const need = {
    reader: 'terway',
    releasedWith: TERWAY,
    shown: key,
    unreleasedAt: CNI_CHAIN_UNREAD_UP_TO,
  };
  for (const gap of gapsOf(need, facts)) {
    const place = { key, dependsOn: CHAIN_KEYS };
    if (gap.kind === 'unknown') {
      yield { ...place, ...problemOf(gap, context) };
      continue;
    }
    const nodes = describeNodes(gap.installed, gap.where, facts);
    yield {
      ...place,
      ...(isReplaced ? { severity: 'deny' as const } : {}),
      ...(gap.installed.isEstimate ? { isGuess: true } : {}),
      message:
        `no Terway up to ${CNI_CHAIN_UNREAD_UP_TO} reads cni_chain, so it does nothing until the upgrade` +
        `${isReplaced ? `, and with ${CONFLIST_KEY} nodes lose their chain` : ''}; ${nodes}`,
      ...(isReplaced
        ? {
            fix: prose(`keep ${CONFLIST_KEY} beside it until Terway is upgraded`, [
              { kind: 'set', key: CONFLIST_KEY, text: before },
            ]),
          }
        : {}),
    };
  }
}

export const conflistShadowed = defineRule({
  info: {
    id: 'conflist-shadowed',
    title: 'With cni_chain, Terway does not read the conflist',
    why: `Terway newer than ${CNI_CHAIN_UNREAD_UP_TO} makes the chain of 10-terway.conf and cni_chain where that key is there, also when it is [], and never looks at 10-terway.conflist. Older releases read the conflist alone. Read in Terway's newest source, which no release has yet.`,
    fix: prose(
      `remove ${CONFLIST_KEY} when every node runs such a Terway; keep both alike until then`,
    ),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  about: aboutKey(key),
  check(context) {
    const { facts, object } = context;
    if (!holds(object, key) || !object.data.has(CONFLIST_KEY) || !mayReadCniChain(facts))
      return NO_PROBLEMS;
    const isOff = context.chain(key)?.length === 0;
    return [
      {
        key: CONFLIST_KEY,
        dependsOn: CHAIN_KEYS,
        message:
          `Terway newer than ${CNI_CHAIN_UNREAD_UP_TO} reads cni_chain in place of this conflist` +
          (isOff ? ', and cni_chain is [], which switches the chain off' : ''),
      },
    ];
  },
});

export const cniChainRest = defineRule({
  info: {
    id: 'cni-chain-rest',
    title: 'cni_chain is one YAML document',
    why: 'terway-cli reads the first document of the text; what stands behind a line --- or ... is ignored without a word. Shown with sigs.k8s.io/yaml, which it uses.',
    fix: prose('write all plugins into one list, and remove the line between'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutKey(key),
  check(context) {
    const document = context.document(key);
    const offset = document?.yaml?.restAt;
    if (offset === undefined || document?.root?.type !== 'array') return NO_PROBLEMS;
    if (document.text.slice(offset + 3).trim() === '') return NO_PROBLEMS;
    return [
      {
        key,
        at: { offset, length: 3 },
        message: 'a second YAML document begins here; Terway reads the first one only',
      },
    ];
  },
});

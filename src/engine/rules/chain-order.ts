import type { Problem } from '../core/finding.ts';
import { NETWORK_MAKERS } from '../catalogue/network-makers.ts';
import { CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import { type DataEdit, inText, paste, prose } from '../core/fix.ts';
import { type TextEdit, removeItem } from '../json/edit.ts';
import { type ChainEntry, entryName, type Chain } from '../core/chain.ts';
import { jsonDifferences } from '../json/diff.ts';
import { typeValue } from './field-text.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { jsonText } from '../json/format.ts';
import { confText, entryRemoval } from './entry-edits.ts';
import { isSlipOfTerway } from './plugin-types.ts';
import { aboutEntryTraits, aboutTextTraits } from '../reading/subjects.ts';

/** Which plugins stand in the chain, in which order, and how often. */

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
  about: aboutTextTraits('other-first'),
  check(context) {
    const chain = context.chain(CONFLIST_KEY);
    // A plugin that makes the network of a pod is to go, wherever it stands.
    const first = chain?.find(({ type = '' }) => !NETWORK_MAKERS.has(type)) ?? chain?.[0];
    // An entry without a readable type is a finding of its own, and so is a slip of terway.
    if (!chain || first?.type === undefined || first.type === 'terway') return NO_PROBLEMS;
    if (isSlipOfTerway(first.type)) return NO_PROBLEMS;
    const terway = chain.find((entry) => entry.type === 'terway');
    const conf = context.document(CONF_KEY)?.root;
    return [
      {
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
      },
    ];
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
  const text = context.text(CONFLIST_KEY);
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
  about: aboutEntryTraits('repeated-type'),
  check: checkEach(
    (context) =>
      (context.chain(CONFLIST_KEY) ?? []).filter(({ type }) => type === 'terway').slice(1),
    (entry) => [
      {
        key: CONFLIST_KEY,
        whole: entry.path,
        path: entry.path,
        at: typeValue(entry.node),
        message: 'terway stands in the chain a second time: it would run twice for every new pod',
        fix: prose('remove this entry', entryRemoval(entry.key, entry.node)),
      },
    ],
  ),
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
  about: aboutEntryTraits('repeated-type'),
  check(context) {
    const entries = context.entries();
    const isEachOnce = new Set(entries.map(kindOf)).size === entries.length;
    return isEachOnce ? NO_PROBLEMS : repeatedPlugins(entries);
  },
});

const kindOf = ({ key, type = '' }: ChainEntry) => `${key} ${type}`;

function* repeatedPlugins(entries: Chain): Generator<Problem> {
  const earlier = new Map<string, ChainEntry>();
  for (const entry of entries) {
    const { key, type = '', node, path, index } = entry;
    const kind = kindOf(entry);
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
}

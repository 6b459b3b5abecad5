import { isInstalledByTerway } from '../catalogue/distributions.ts';
import { HARMLESS, NETWORK_MAKERS } from '../catalogue/network-makers.ts';
import { pluginByWord } from '../catalogue/plugin-words.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import type { PluginSpec } from '../catalogue/field.ts';
import type { ChainEntry } from '../core/chain.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY } from '../core/eni-config.ts';
import { sourceClause, namesOf, shareOf } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, chosen, inText, paste, prose, withWays } from '../core/fix.ts';
import { replaceValue } from '../json/edit.ts';
import { typeValue } from './field-text.ts';
import { exactMember } from '../json/go-names.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { closest } from '../reading/suggest.ts';
import { quoted } from '../text/text.ts';
import { nodesWithout } from '../reading/binaries.ts';
import { entryRemoval } from './entry-edits.ts';
import { probingAnew } from './version-text.ts';
import { aboutEntryTraits, aboutWriteTraits } from '../reading/subjects.ts';

/** Rules about the type of an entry, which names the binary that the container runtime starts. */

const PLAIN_FILE_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

const placeOfType = ({ key, node, path }: ChainEntry) => ({
  key,
  path: [...path, 'type'],
  at: typeValue(node),
});

/** A file name takes no more bytes. */
const MAX_FILE_NAME = 255;

export const entryTypeName = defineRule({
  info: {
    id: 'entry-type-name',
    title: 'A plugin type is a plain file name',
    why: 'The container runtime looks for a binary of exactly this name; a path or an odd character makes every new pod fail.',
    fix: prose(
      `write the name of the binary: letters, digits, ".", "_" and "-" only, ${MAX_FILE_NAME} at most`,
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntryTraits('other-type'),
  check: checkEach(
    (context) => context.entries(),
    (entry) => {
      const { type } = entry;
      if (type === undefined || type === '' || isFileName(type)) return NO_PROBLEMS;
      const meant = meantBy(type);
      const why =
        type.length > MAX_FILE_NAME && PLAIN_FILE_NAME.test(type)
          ? `has more than the ${MAX_FILE_NAME} bytes of a file name`
          : 'is no plain file name';
      return [
        {
          ...placeOfType(entry),
          message: `${quoted(type)} ${why}, so no plugin binary is found: every new pod fails`,
          ...(meant === undefined ? {} : { fix: retype(entry, meant) }),
        },
      ];
    },
  ),
});

const isFileName = (type: string) =>
  PLUGINS.has(type) || (PLAIN_FILE_NAME.test(type) && type.length <= MAX_FILE_NAME);

/** The known plugin that a path, a name with an extension or another word stands for. */
function meantBy(type: string): string | undefined {
  if (type.length > MAX_FILE_NAME) return undefined;
  const name = (type.trim().split(/[\\/]/).at(-1) ?? '').trim().replace(/\.(?:exe|bin|sh)$/i, '');
  if (PLUGINS.has(name)) return name;
  return pluginByWord(name) ?? closest(name, PLUGINS.keys());
}

/** Whether the rules about types take it for terway, misspelt. */
export const isSlipOfTerway = (type: string) =>
  !isFileName(type) || (!PLUGINS.has(type) && !HARMLESS.has(type))
    ? meantBy(type) === 'terway'
    : false;

/**
 * The known plugin in place of the type. terway stands first and nowhere else, so that a type that
 * would be refused in its turn is not suggested.
 */
function retype(entry: ChainEntry, meant: string): Fix {
  const { key, node } = entry;
  const value = exactMember(node, 'type')?.value;
  const edits = value && inText(key, replaceValue(value, `"${meant}"`));
  if ((meant === 'terway') === isTerways(entry)) return paste(`"type": "${meant}"`, edits);
  return isTerways(entry)
    ? prose('make the entry from 10-terway.conf the first of "plugins"')
    : prose(
        key === CNI_CHAIN_KEY
          ? 'remove this entry; Terway itself puts 10-terway.conf before this list'
          : 'remove this entry; terway stands in the chain once, as its first plugin',
        entryRemoval(key, node),
      );
}

/** Whether terway stands in this place, and nothing else. */
const isTerways = ({ key, index }: ChainEntry) => key === CONFLIST_KEY && index === 0;

/** An entry whose type may be the name of a binary. */
interface NamedEntry {
  readonly entry: ChainEntry;
  readonly type: string;
  /** Whether there is nothing to say of the type itself: it is known, or another rule speaks. */
  readonly isKnown: boolean;
  readonly plugin: PluginSpec | undefined;
  /** The known type that an unknown one is close to; a binary that a node has is close to nothing. */
  readonly meant: string | undefined;
  /** Whether it is taken for a slip of that one. */
  readonly isSlip: boolean;
}

/** So short a name is close to many others. */
const MAX_SHORT_NAME = 4;

function readNamedEntries(context: ReviewContext): readonly NamedEntry[] {
  const { facts } = context;
  const present = facts.binaries?.value.present;
  const meanings = new Map<string, string | undefined>();
  const named: NamedEntry[] = [];
  for (const entry of context.entries()) {
    const { type } = entry;
    if (type === undefined) continue;
    const plugin = PLUGINS.get(type);
    if (plugin) {
      named.push({ entry, type, plugin, isKnown: true, meant: undefined, isSlip: false });
      continue;
    }
    if (!isFileName(type) || NETWORK_MAKERS.has(type)) continue;
    const isKnown = HARMLESS.has(type);
    if (!isKnown && !present?.has(type) && !meanings.has(type)) meanings.set(type, meantBy(type));
    const meant = meanings.get(type);
    const isSlip = meant !== undefined && (!isShort(type, meant) || isMissing(facts, type));
    named.push({ entry, type, plugin, isKnown, meant, isSlip });
  }
  return named;
}

/** Whether a name is too short to be taken for a slip; letter case alone makes one of any length. */
const isShort = (type: string, meant: string) =>
  type.length <= MAX_SHORT_NAME && type.toLowerCase() !== meant && pluginByWord(type) === undefined;

const isMissing = (facts: Facts, type: string) => (nodesWithout(facts, type)?.count ?? 0) > 0;

export const pluginTypo = defineRule({
  info: {
    id: 'plugin-typo',
    title: 'The plugin type looks like a slip of a known one',
    why: 'The container runtime finds no binary of that name and every new pod fails. A type that the node probe found on a node is no slip, and names of four letters or fewer are none unless the probe misses them. Where such a binary is on the nodes and no probe runs, rules: {plugin-typo: warn} admits it.',
    fix: prose('correct the type'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutEntryTraits('other-type'),
  check: checkEach(
    (context) => context.memo(readNamedEntries),
    ({ entry, type, meant, isSlip }, context) => {
      if (meant === undefined || !isSlip) return NO_PROBLEMS;
      return [
        {
          ...placeOfType(entry),
          message:
            `there is no plugin ${quoted(type)}` +
            ((meant === 'terway') === isTerways(entry) ? `; did you mean "${meant}"?` : '') +
            (isNumbered(type) && !context.facts.binaries
              ? ' If such a binary is on the nodes, rules: {plugin-typo: warn} admits it'
              : ''),
          fix: retype(entry, meant),
        },
      ];
    },
  ),
});

/** A known name with a number behind it may be a binary of the operator's own. */
const isNumbered = (type: string) => PLUGINS.has(type.replace(/[-_.]?v?\d+$/, ''));

const BRING_BINARY =
  'bring the binary to the CNI directory of every node, also of nodes that join later, or remove this entry';

export const pluginMissing = defineRule({
  info: {
    id: 'plugin-missing',
    title: 'The binary of a plugin is on every node',
    why: 'The container runtime starts a binary of this name for every pod, and on a node without it every new pod fails. Only nodes that the node probe has looked at are judged; terway and cilium-cni are not, as Terway installs them when its pod starts.',
    fix: prose(BRING_BINARY),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutWriteTraits('probed-nodes'),
  check: (context) => (context.facts.binaries ? missingBinaries(context) : NO_PROBLEMS),
});

function* missingBinaries(context: ReviewContext): Generator<Problem> {
  const { facts } = context;
  const { binaries } = facts;
  if (!binaries) return;
  for (const { entry, type, plugin, isSlip } of context.memo(readNamedEntries)) {
    // Terway brings some binaries itself, whenever its pod starts.
    if (isSlip || (plugin && isInstalledByTerway(plugin.releasedWith))) continue;
    const without = nodesWithout(facts, type);
    if (!without || without.count === 0) continue;
    const { probed } = binaries.value;
    const there = without.count < probed ? 'every new pod there fails' : 'every new pod fails';
    yield {
      ...placeOfType(entry),
      message:
        `the binary ${quoted(type)} is missing on ${shareOf(without, probed)}` +
        `${namesOf(without)}${sourceClause(binaries, facts)}: ${there}`,
      fix: withWays(
        prose(`${BRING_BINARY}${probingAnew(facts)}`),
        { kind: 'binary', type },
        ...chosen(entryRemoval(entry.key, entry.node)),
      ),
    };
  }
}

export const pluginUnknown = defineRule({
  info: {
    id: 'plugin-unknown',
    title: 'The plugin type is not known to the guard',
    why: 'The catalogue knows nothing of this plugin, so mistakes inside its entry go unseen. When its binary is missing on a node, every new pod there fails.',
    fix: prose(
      'make sure that its binary is in the CNI directory of every node, also of nodes that join later',
    ),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutEntryTraits('other-type'),
  check: checkEach(
    (context) => context.memo(readNamedEntries),
    ({ entry, type, isKnown, meant, isSlip }, { facts }) => {
      if (isKnown || isSlip) return NO_PROBLEMS;
      const without = nodesWithout(facts, type);
      // The rule plugin-missing reports this type, which is worse.
      if (without && without.count > 0) return NO_PROBLEMS;
      const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
      const message = `the guard does not know the plugin ${quoted(type)}, so it checks nothing inside it${hint}`;
      return [{ ...placeOfType(entry), ...(without ? onEveryNode(message, facts) : { message }) }];
    },
  ),
});

/** The message when the binary is on every node that was looked at. */
function onEveryNode(message: string, facts: Facts): Pick<Problem, 'message' | 'fix'> {
  const { binaries } = facts;
  if (!binaries) return { message };
  const { probed, truncatedOn } = binaries.value;
  const nodes = shareOf({ count: probed - (truncatedOn?.count ?? 0), names: [] }, probed);
  return {
    message: `${message}; its binary is on ${nodes}${sourceClause(binaries, facts)}`,
    fix: prose(
      'check the members of this entry yourself; nodes that join later need the binary as well',
    ),
  };
}

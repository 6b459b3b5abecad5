import { isInstalledByTerway } from '../catalogue/distributions.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import type { PluginSpec } from '../catalogue/field.ts';
import type { ChainEntry } from '../core/chain.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import { sourceClause, namesOf, shareOf } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { paste, prose } from '../core/fix.ts';
import { exactMember } from '../json/go-names.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { closest } from '../reading/suggest.ts';
import { quoted } from '../text/text.ts';
import { nodesWithout } from '../reading/binaries.ts';
import { probingAnew } from './version-text.ts';

/** Rules about the type of an entry, which names the binary that the container runtime starts. */

const PLAIN_FILE_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

const placeOfType = ({ node, path }: ChainEntry) => ({
  key: CONFLIST_KEY,
  path: [...path, 'type'],
  at: exactMember(node, 'type')?.value ?? node,
});

export const entryTypeName = defineRule({
  info: {
    id: 'entry-type-name',
    title: 'A plugin type is a plain file name',
    why: 'The container runtime looks for a binary of exactly this name; a path or an odd character makes every new pod fail.',
    fix: prose('write the name of the binary: letters, digits, ".", "_" and "-" only'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    for (const entry of context.chain() ?? []) {
      const { type } = entry;
      if (type === undefined || type === '' || PLAIN_FILE_NAME.test(type)) continue;
      yield {
        ...placeOfType(entry),
        message: `${quoted(type)} is no plain file name, so no plugin binary is found: every new pod fails`,
        ...(PLUGINS.has(type.trim()) ? { fix: paste(`"type": "${type.trim()}"`) } : {}),
      };
    }
  },
});

/** An entry whose type may be the name of a binary. */
interface NamedEntry {
  readonly entry: ChainEntry;
  readonly type: string;
  /** Undefined when the catalogue does not know the type. */
  readonly plugin: PluginSpec | undefined;
  /** The known type that this one is probably a slip of; a type whose binary is on a node is meant. */
  readonly meant: string | undefined;
}

function readNamedEntries(context: ReviewContext): readonly NamedEntry[] {
  const present = context.facts.binaries?.value.present;
  const meanings = new Map<string, string | undefined>();
  return (context.chain() ?? []).flatMap((entry) => {
    const { type } = entry;
    if (type === undefined || !PLAIN_FILE_NAME.test(type)) return [];
    const plugin = PLUGINS.get(type);
    if (!plugin && !present?.has(type) && !meanings.has(type)) {
      meanings.set(type, closest(type, PLUGINS.keys()));
    }
    return [{ entry, type, plugin, meant: meanings.get(type) }];
  });
}

export const pluginTypo = defineRule({
  info: {
    id: 'plugin-typo',
    title: 'The plugin type looks like a slip of a known one',
    why: 'The container runtime finds no binary of that name and every new pod fails.',
    fix: prose('correct the type'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  *check(context) {
    for (const { entry, type, meant } of context.memo(readNamedEntries)) {
      if (meant === undefined) continue;
      yield { ...placeOfType(entry), ...describeTypo(entry.index, type, meant) };
    }
  },
});

/** Suggests only what would be accepted: terway as the first plugin, and other plugins after it. */
function describeTypo(
  index: number,
  type: string,
  meant: string,
): Pick<Problem, 'message' | 'fix'> {
  const message = `there is no plugin ${quoted(type)}`;
  if ((meant === 'terway') === (index === 0)) {
    return { message: `${message}; did you mean "${meant}"?`, fix: paste(`"type": "${meant}"`) };
  }
  return index === 0
    ? { message, fix: prose('make the entry from 10-terway.conf the first of "plugins"') }
    : {
        message,
        fix: prose('remove this entry; terway stands in the chain once, as its first plugin'),
      };
}

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
  *check(context) {
    const { facts } = context;
    const { binaries } = facts;
    if (!binaries) return;
    for (const { entry, type, plugin, meant } of context.memo(readNamedEntries)) {
      // Terway installs its own binaries whenever its pod starts.
      if (meant !== undefined || (plugin && isInstalledByTerway(plugin.releasedWith))) continue;
      const without = nodesWithout(facts, type);
      if (!without || without.count === 0) continue;
      const { probed } = binaries.value;
      const there = without.count < probed ? 'every new pod there fails' : 'every new pod fails';
      yield {
        ...placeOfType(entry),
        message:
          `the binary ${quoted(type)} is missing on ${shareOf(without, probed)}` +
          `${namesOf(without)}${sourceClause(binaries, facts)}: ${there}`,
        fix: prose(`${BRING_BINARY}${probingAnew(facts)}`),
      };
    }
  },
});

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
  *check(context) {
    const { facts } = context;
    for (const { entry, type, plugin, meant } of context.memo(readNamedEntries)) {
      if (plugin || meant !== undefined) continue;
      const without = nodesWithout(facts, type);
      // The rule plugin-missing reports this type, which is worse.
      if (without && without.count > 0) continue;
      const message = `the guard does not know the plugin ${quoted(type)}, so it checks nothing inside it`;
      yield { ...placeOfType(entry), ...(without ? onEveryNode(message, facts) : { message }) };
    }
  },
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

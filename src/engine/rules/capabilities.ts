import { PLUGINS } from '../catalogue/plugins.ts';
import { inText, paste, prose } from '../core/fix.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { removeMember, renameMember } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonMember, type JsonObject, pathOf } from '../json/node.ts';
import { closest } from '../reading/suggest.ts';
import { decodedEntries } from '../reading/decoded-entries.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';
import { quoted } from '../text/text.ts';
import { aboutMembers } from '../reading/subjects.ts';

/** A capability that a plugin does not take, and the one that was meant. */
interface Slip {
  readonly capabilities: JsonObject;
  readonly member: JsonMember;
  readonly meant: string;
}

/** The slips among the capabilities of an entry; one that is switched off asks for nothing. */
export function capabilitySlips(entry: DecodedObject): readonly Slip[] {
  const slips: Slip[] = [];
  const capabilities = valueAt(entry, 'capabilities');
  if (capabilities?.type !== 'object') return slips;
  const taken = PLUGINS.get(entry.reader)?.capabilities ?? [];
  for (const member of capabilities.members) {
    if (taken.includes(member.name) || member.value.value !== true) continue;
    const meant = closest(member.name, taken);
    if (meant !== undefined) slips.push({ capabilities, member, meant });
  }
  return slips;
}

export const capabilityTypo = defineRule({
  info: {
    id: 'capability-typo',
    title: 'A capability has the name that the plugin takes',
    why: 'The container runtime passes what is asked for by exactly its name; of any other name it knows nothing, and the plugin gets nothing to do.',
    fix: prose('correct the name'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutMembers('capabilities'),
  check: checkEach(decodedEntries, (entry) => {
    const slips = capabilitySlips(entry);
    if (slips.length === 0) return NO_PROBLEMS;
    return slips.map(({ capabilities, member, meant }) => {
      const isThere = exactMember(capabilities, meant) !== undefined;
      return {
        key: entry.key,
        path: pathOf(member.value),
        at: member.nameNode,
        message: `${entry.reader} has no capability ${quoted(member.name, 60)}, so the runtime passes nothing; did you mean "${meant}"?`,
        fix: isThere
          ? prose(
              `remove ${quoted(member.name, 60)}; "${meant}" is there`,
              inText(entry.key, removeMember(capabilities, member)),
            )
          : paste(`"${meant}": true`, inText(entry.key, renameMember(member, meant))),
      };
    });
  }),
});

import { PLUGINS } from '../catalogue/plugins.ts';
import { inText, paste, prose } from '../core/fix.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { removeMember, renameMember } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import { closest } from '../reading/suggest.ts';
import { decodedEntries } from '../reading/decoded-entries.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';
import { quoted } from '../text/text.ts';
import { aboutMembers } from '../reading/subjects.ts';

/** A capability that a plugin does not take, and the one that was meant. */
interface Slip {
  readonly member: JsonMember;
  readonly meant: string;
}

/** The slips among the capabilities of an entry; one that is switched off asks for nothing. */
export function capabilitySlips(entry: DecodedObject): readonly Slip[] {
  const taken = PLUGINS.get(entry.reader)?.capabilities ?? [];
  const capabilities = valueAt(entry, 'capabilities');
  const asked = capabilities?.type === 'object' ? capabilities.members : [];
  return asked.flatMap((member) => {
    if (taken.includes(member.name) || member.value.value !== true) return [];
    const meant = closest(member.name, taken);
    return meant === undefined ? [] : [{ member, meant }];
  });
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
    const capabilities = valueAt(entry, 'capabilities');
    if (capabilities?.type !== 'object' || !PLUGINS.has(entry.reader)) return NO_PROBLEMS;
    const slips = capabilitySlips(entry);
    if (slips.length === 0) return NO_PROBLEMS;
    return slips.map(({ member, meant }) => {
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

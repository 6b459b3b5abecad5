import { RULE_INFO } from '../catalogue/rules.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { foldName } from '../json/go-names.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { closest } from '../reading/suggest.ts';
import { quoted } from '../text/text.ts';
import { isAtLeast } from '../core/version.ts';
import { allPass, installedVersion } from '../reading/installed.ts';
import { type Struct, allStructs, topStructs } from '../reading/structs.ts';

/** Rules about members that are not the user's to set, or that nobody reads. */

/** Set by the runtime for itself. Source: containernetworking/cni: SPEC.md, reserved keys. */
const RESERVED_PREFIX = 'cni.dev/';

const isReservedName = (name: string) => foldName(name).startsWith(RESERVED_PREFIX);

export const fieldReserved: Rule = {
  info: RULE_INFO['field-reserved'],
  *check(context) {
    for (const struct of topStructs(context)) {
      for (const [name, member] of struct.members) {
        const isSet = member.value.type !== 'null';
        if (isSet && struct.fields[name]?.reserved) yield reserved(struct, member);
      }
      if (isSecretKey(struct.key)) continue;
      for (const member of struct.node.members) {
        if (isReservedName(member.name)) yield reserved(struct, member);
      }
    }
  },
};

function reserved(struct: Struct, { name, nameNode, value }: JsonMember): Problem {
  return {
    key: struct.key,
    path: pathOf(value),
    at: nameNode,
    message: `${quoted(name)} is filled in by the container runtime; it must not stand here`,
    fix: `remove ${quoted(name)}`,
  };
}

export const fieldUnknown: Rule = {
  info: RULE_INFO['field-unknown'],
  *check(context) {
    for (const struct of allStructs(context)) {
      if (!struct.complete) continue;
      for (const member of struct.unknown) {
        if (isReservedName(member.name) && !isSecretKey(struct.key)) continue;
        const meant = closest(member.name, suggestions(context, struct));
        const name = quoted(member.name, 60);
        yield {
          key: struct.key,
          path: pathOf(member.value),
          at: member.nameNode,
          message:
            `${struct.program} does not know ${name}, so it has no effect` +
            (meant === undefined ? '' : `; did you mean "${meant}"?`),
          ...(meant === undefined ? {} : { fix: `"${meant}"` }),
        };
      }
    }
  },
};

/** Fields that may be added here: neither reserved nor present, and known to what is installed. */
function suggestions(
  { facts }: ReviewContext,
  { members: present, program, fields }: Struct,
): string[] {
  const installed = installedVersion(facts, program);
  // The two ways to mark packets exclude each other.
  const excluded = present.has('markMasqBit')
    ? 'externalSetMarkChain'
    : present.has('externalSetMarkChain')
      ? 'markMasqBit'
      : undefined;
  return Object.entries(fields)
    .filter(([name, field]) => {
      if (field.reserved || field.dropped || field.protected || field.unreleasedAt) return false;
      if (name === excluded || present.has(name)) return false;
      const { until } = field;
      const floor = field.documentedMinimum ?? field.since;
      if (!installed) return until === undefined;
      return allPass(
        installed,
        (version) =>
          (floor === undefined || isAtLeast(version, floor)) &&
          (until === undefined || !isAtLeast(version, until)),
      );
    })
    .map(([name]) => name);
}

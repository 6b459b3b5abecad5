import { RULE_INFO, type RuleId } from '../catalogue/rules.ts';
import { CONFLIST_KEY, DOCUMENT_KEYS, isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import type { JsonProblem } from '../json/syntax-problem.ts';
import type { Rule } from '../core/rule.ts';
import { printable, quoted } from '../text/text.ts';
import { allStructs, repeatedMembers } from '../reading/structs.ts';

/** Rules about the texts as JSON, before anything is known of their meaning. */

function readingRule(id: RuleId, kind: JsonProblem['kind']): Rule {
  return {
    info: RULE_INFO[id],
    *check(context) {
      for (const key of DOCUMENT_KEYS) {
        const document = context.document(key);
        for (const problem of document?.problems ?? []) {
          if (problem.kind !== kind) continue;
          const lead = kind === 'syntax' ? 'not valid JSON: ' : '';
          yield {
            key,
            at: problem.at,
            message: `${lead}${problem.message}`,
            ...fixOf(problem, key),
          };
        }
      }
    },
  };
}

/** What a problem says to paste holds text of the document, so secret ones get the words only. */
function fixOf({ slip, fix, paste }: JsonProblem, key: string): { fix?: string } {
  if (slip === 'empty' && key === CONFLIST_KEY) {
    return { fix: `remove the key ${key}, or put a chain there` };
  }
  if (paste !== undefined && !isSecretKey(key)) return { fix: printable(paste, Infinity) };
  return fix === undefined ? {} : { fix };
}

export const jsonSyntax = readingRule('json-syntax', 'syntax');
export const jsonNumber = readingRule('json-number', 'number');
export const jsonDepth = readingRule('json-depth', 'depth');
export const jsonSize = readingRule('json-size', 'size');

export const jsonDuplicate: Rule = {
  info: RULE_INFO['json-duplicate'],
  *check(context) {
    const structs = new Map([...allStructs(context)].map((struct) => [struct.node, struct]));
    for (const key of DOCUMENT_KEYS) {
      for (const node of context.document(key)?.objects ?? []) {
        if (node.members.length < 2) continue;
        for (const [earlier, later] of structs.get(node)?.repeated ?? repeatedMembers(node)) {
          yield duplicateProblem(key, earlier, later);
        }
      }
    }
  },
};

function duplicateProblem(key: string, earlier: JsonMember, later: JsonMember): Problem {
  const spelling =
    earlier.name === later.name
      ? `${quoted(later.name)} stands here twice`
      : `${quoted(earlier.name)} and ${quoted(later.name)} are one field to the program`;
  return {
    key,
    path: pathOf(later.value),
    at: later.nameNode,
    message: `${spelling}; one of them wins, silently`,
  };
}

export const jsonNameCase: Rule = {
  info: RULE_INFO['json-name-case'],
  *check(context) {
    for (const { key, program, variants } of allStructs(context)) {
      for (const [member, name] of variants) {
        yield {
          key,
          path: pathOf(member.value),
          at: member.nameNode,
          message: `${quoted(member.name)} counts as "${name}" to ${printable(program, 40)}; it is spelt "${name}"`,
          fix: `"${name}"`,
        };
      }
    }
  },
};

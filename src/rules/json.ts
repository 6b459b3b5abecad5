import { RULE_INFO, type RuleId } from '../catalogue/rules.ts';
import { DOCUMENT_KEYS } from '../core/config-map.ts';
import type { Problem } from '../core/finding.ts';
import { foldName } from '../core/go-reading.ts';
import {
  type JsonMember,
  type JsonNode,
  type JsonProblem,
  members,
  pathOf,
  walk,
} from '../core/json.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { quoted } from '../core/text.ts';
import { allStructs, foldedNames } from './structs.ts';

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
          yield { key, at: problem.at, message: `${lead}${problem.message}` };
        }
      }
    },
  };
}

export const jsonSyntax = readingRule('json-syntax', 'syntax');
export const jsonNumber = readingRule('json-number', 'number');
export const jsonDepth = readingRule('json-depth', 'depth');
export const jsonSize = readingRule('json-size', 'size');

/** Names that one reader takes for one field, by the member that stands last. */
function* repeated(
  node: JsonNode,
  identity: (name: string) => string,
): Generator<[JsonMember, JsonMember]> {
  const seen = new Map<string, JsonMember>();
  for (const member of members(node)) {
    const name = identity(member.name);
    const earlier = seen.get(name);
    if (earlier) yield [earlier, member];
    seen.set(name, member);
  }
}

/**
 * In structs two spellings of one field are a duplicate too; everywhere else (sysctl names, tags)
 * letter case tells names apart.
 */
function identitiesIn(context: ReviewContext): (node: JsonNode) => (name: string) => string {
  const names = new Map<JsonNode, ReadonlyMap<string, string>>();
  for (const { node, fields } of allStructs(context)) names.set(node, foldedNames(fields));
  return (node) => {
    const folded = names.get(node);
    return (name) => folded?.get(foldName(name)) ?? name;
  };
}

export const jsonDuplicate: Rule = {
  info: RULE_INFO['json-duplicate'],
  *check(context) {
    const identities = identitiesIn(context);
    for (const key of DOCUMENT_KEYS) {
      const root = context.document(key)?.root;
      if (!root) continue;
      for (const node of walk(root)) {
        if (node.type !== 'object') continue;
        for (const [earlier, later] of repeated(node, identities(node))) {
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
      : `${quoted(earlier.name)} and ${quoted(later.name)} are one field to the plugin`;
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
    for (const { key, node, program, fields } of allStructs(context)) {
      const names = foldedNames(fields);
      for (const member of members(node)) {
        const known = names.get(foldName(member.name));
        if (known === undefined || known === member.name || member.name in fields) continue;
        yield {
          key,
          path: pathOf(member.value),
          at: member.nameNode,
          message: `${quoted(member.name)} counts as "${known}" to ${program}; it is spelt "${known}"`,
          fix: `"${known}"`,
        };
      }
    }
  },
};

import { PLUGINS } from '../catalogue/plugins.ts';
import { RULE_INFO, type RuleId } from '../catalogue/rules.ts';
import { CONFLIST_KEY, DOCUMENT_KEYS, isSecretKey } from '../core/config-map.ts';
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
 * In structs of known plugins two spellings of one field are a duplicate too. Which objects are
 * structs the catalogue knows; everywhere else (sysctl names, tags) letter case tells names apart.
 */
function identityIn(
  context: ReviewContext,
  key: string,
): (node: JsonNode) => (name: string) => string {
  const exactly = (name: string) => name;
  if (key !== CONFLIST_KEY) return () => exactly;
  const fieldNames = new Map<JsonNode, ReadonlySet<string>>();
  for (const { node, type } of context.chain() ?? []) {
    const plugin = type === undefined ? undefined : PLUGINS.get(type);
    if (!plugin) continue;
    const folded = Object.entries(plugin.fields)
      .filter(([, field]) => field.exactName !== true)
      .map(([name]) => foldName(name));
    fieldNames.set(node, new Set(folded));
  }
  return (node) => {
    const names = fieldNames.get(node);
    if (!names) return exactly;
    return (name) => (names.has(foldName(name)) ? foldName(name) : name);
  };
}

export const jsonDuplicate: Rule = {
  info: RULE_INFO['json-duplicate'],
  *check(context) {
    for (const key of DOCUMENT_KEYS) {
      const root = context.document(key)?.root;
      if (!root) continue;
      const identity = identityIn(context, key);
      for (const node of walk(root)) {
        if (node.type !== 'object') continue;
        for (const [earlier, later] of repeated(node, identity(node))) {
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
    message: isSecretKey(key)
      ? 'this member stands here twice; the last one wins, silently'
      : `${spelling}; one of them wins, silently`,
  };
}

export const jsonNameCase: Rule = {
  info: RULE_INFO['json-name-case'],
  *check(context) {
    for (const { node, type } of context.chain() ?? []) {
      const plugin = type === undefined ? undefined : PLUGINS.get(type);
      if (!plugin) continue;
      const spelling = new Map(
        Object.entries(plugin.fields)
          .filter(([, field]) => field.exactName !== true)
          .map(([name]) => [foldName(name), name]),
      );
      for (const member of members(node)) {
        const known = spelling.get(foldName(member.name));
        if (known === undefined || known === member.name) continue;
        yield {
          key: CONFLIST_KEY,
          path: pathOf(member.value),
          at: member.nameNode,
          message: `${quoted(member.name)} counts as "${known}" to ${plugin.type}; it is spelt "${known}"`,
          fix: `"${known}"`,
        };
      }
    }
  },
};

import { CHAIN_ONLY_FIELDS, terway } from '../catalogue/plugins/terway.ts';
import { CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, paste, prose } from '../core/fix.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonDifference, jsonDifferences } from '../json/diff.ts';
import type { JsonNode } from '../json/node.ts';
import { type JsonPath, formatPath } from '../json/path.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { quoted, shortened } from '../text/text.ts';
import { jsonText } from '../json/format.ts';

/**
 * The vendor's rule: the first entry of the chain equals 10-terway.conf. `symmetric_routing` and
 * its config may be added in the chain, since the vendor's own example does.
 */

const DEPENDS_ON = [CONFLIST_KEY, CONF_KEY] as const;

/** The chain's first entry if it is terway's; the rule terway-not-first reports another one. */
function firstTerwayEntry(context: ReviewContext): JsonNode | undefined {
  const first = context.chain()?.[0];
  return first?.type === 'terway' ? first.node : undefined;
}

/** Members that have no effect on a node, as Terway deletes them from every entry. */
const DROPPED_FIELDS = Object.keys(terway.fields).filter((name) => terway.fields[name]?.dropped);

function isForgiven([name]: JsonPath, conf: JsonNode, { policy }: ReviewContext): boolean {
  const isOneOf = (names: readonly string[]) => typeof name === 'string' && names.includes(name);
  if (isOneOf(CHAIN_ONLY_FIELDS)) return exactMember(conf, name as string) === undefined;
  return policy.firstEntry === 'effective' && isOneOf(DROPPED_FIELDS);
}

/** A number that is too large has no value to compare. */
const hasProblems = (context: ReviewContext) =>
  DEPENDS_ON.some((key) => (context.document(key)?.problems.length ?? 0) > 0);

export const firstEntryDiffers = defineRule({
  info: {
    id: 'first-entry-differs',
    title: 'The first plugin equals 10-terway.conf',
    why: 'With a chain in place Terway ignores 10-terway.conf. What the first entry lacks is lost on every node that restarts: a missing eniip_virtual_type moves it to another datapath, a missing network_policy_provider to another policy engine.',
    fix: prose('copy the text of 10-terway.conf into the first entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const conf = context.document(CONF_KEY)?.root;
    const entry = firstTerwayEntry(context);
    if (conf?.type !== 'object' || !entry || hasProblems(context)) return;
    for (const difference of jsonDifferences(conf, entry)) {
      if (!isForgiven(difference.path, conf, context)) yield describe(difference, conf, entry);
    }
  },
});

function describe(
  { path, expected, found }: JsonDifference,
  conf: JsonNode,
  entry: JsonNode,
): Problem {
  return {
    key: CONFLIST_KEY,
    path: ['plugins', 0, ...path],
    at: found ?? { offset: entry.offset, length: 1 },
    dependsOn: DEPENDS_ON,
    message: `${inWords(expected, found)}; the first plugin must equal it`,
    fix: remedy(path, conf, expected),
  };
}

function inWords(expected: JsonNode | undefined, found: JsonNode | undefined): string {
  if (!expected) return `${found ? short(found) : 'this'} is not in ${CONF_KEY}`;
  if (!found) return `missing here, while ${CONF_KEY} has ${short(expected)}`;
  return `${short(found)} here, while ${CONF_KEY} has ${short(expected)}`;
}

/** The member to paste; for a difference inside a list, the whole list. */
function remedy(path: JsonPath, conf: JsonNode, expected: JsonNode | undefined): Fix {
  const listAt = path.findIndex((step) => typeof step === 'number');
  const memberPath = listAt === -1 ? path : path.slice(0, listAt);
  const name = quoted(String(memberPath.at(-1)));
  const parent = formatPath(['plugins', 0, ...memberPath.slice(0, -1)]);
  if (listAt === -1 && !expected) return prose(`remove ${name} from ${parent}`);
  let node: JsonNode | undefined = conf;
  for (const step of memberPath) node = node && exactMember(node, step as string)?.value;
  return node
    ? paste(`${name}: ${jsonText(node)}`)
    : prose(`copy ${name} from ${CONF_KEY} into ${parent}`);
}

/** A value for a message: whole when short, its beginning otherwise. */
function short(node: JsonNode): string {
  return shortened(jsonText(node), 60);
}

export const firstEntryUnverified = defineRule({
  info: {
    id: 'first-entry-unverified',
    title: 'The first plugin could not be compared with 10-terway.conf',
    why: '10-terway.conf itself cannot be read, so nothing says what the first entry must be.',
    fix: prose(
      'restore 10-terway.conf as ACK wrote it (through the console or by reinstalling the component)',
    ),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const conf = context.document(CONF_KEY);
    const entry = firstTerwayEntry(context);
    if (!conf || conf.root?.type === 'object' || !entry) return;
    yield {
      key: CONFLIST_KEY,
      path: ['plugins', 0],
      at: { offset: entry.offset, length: 1 },
      dependsOn: DEPENDS_ON,
      message: `${CONF_KEY} can't be read, so the first plugin could not be compared with it`,
    };
  },
});

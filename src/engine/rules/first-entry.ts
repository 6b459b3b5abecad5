import { CHAIN_ONLY_FIELDS, terway } from '../catalogue/plugins/terway.ts';
import { isTerwayEntry } from '../core/chain.ts';
import { CONFLIST_KEY, CONF_KEY, touches } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, type Fix, inText, paste, prose, withWays } from '../core/fix.ts';
import type { JsonDocument } from '../json/document.ts';
import { isCredential, masked } from '../json/credentials.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonDifference, jsonDifferences } from '../json/diff.ts';
import { addMember, applyEdits, removeMember, replaceValue } from '../json/edit.ts';
import { type JsonNode, describeType } from '../json/node.ts';
import { nodeAt } from '../json/same.ts';
import { type JsonPath, formatPath } from '../json/path.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { documentedAddition } from '../reading/documented-addition.ts';
import { quoted, shortened } from '../text/text.ts';
import { jsonText } from '../json/format.ts';
import { unnested } from './member-moves.ts';
import { aboutKey, aboutTextTraits } from '../reading/subjects.ts';

/**
 * The vendor's rule: the first entry of the chain equals 10-terway.conf. `symmetric_routing` and
 * its config may be added in the chain, since the vendor's own example does.
 */

const DEPENDS_ON = [CONFLIST_KEY, CONF_KEY] as const;

/** The chain's first entry if it is terway's; the rule terway-not-first reports another one. */
function firstTerwayEntry(context: ReviewContext): JsonNode | undefined {
  const first = context.chain(CONFLIST_KEY)?.[0];
  return first?.type === 'terway' ? first.node : undefined;
}

/** What the entry must equal; where the write takes 10-terway.conf away, what is to be put back. */
function confOf(context: ReviewContext): JsonDocument | undefined {
  const { object } = context;
  const isMissing = !object.data.has(CONF_KEY) && !object.binaryData.has(CONF_KEY);
  return isMissing ? context.documentBefore(CONF_KEY) : context.document(CONF_KEY);
}

/** Members that have no effect on a node, as Terway deletes them from every entry. */
const DROPPED_FIELDS = Object.keys(terway.fields).filter((name) => terway.fields[name]?.dropped);

function isForgiven(
  difference: JsonDifference,
  conf: JsonNode,
  { policy: { firstEntry } }: ReviewContext,
): boolean {
  const [name] = difference.path;
  const isOneOf = (names: readonly string[]) => typeof name === 'string' && names.includes(name);
  if (isOneOf(CHAIN_ONLY_FIELDS)) return exactMember(conf, name as string) === undefined;
  if (firstEntry === 'documented') return documentedAddition(difference, conf) !== undefined;
  return firstEntry === 'effective' && isOneOf(DROPPED_FIELDS);
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
    settings: ['firstEntry'],
  },
  about: aboutKey(CONFLIST_KEY),
  check(context) {
    const conf = confOf(context)?.root;
    const entry = firstTerwayEntry(context);
    // The rule conf-not-entry reports another text.
    if (!conf || !isTerwayEntry(conf) || !entry || hasProblems(context)) return NO_PROBLEMS;
    const differences = jsonDifferences(conf, entry);
    const refused = differences.filter((one) => !isForgiven(one, conf, context));
    if (refused.length === 0) return NO_PROBLEMS;
    if (refused.length > 1 && isOutdated(context)) {
      return [alignedWhole(refused, differences, conf, entry, context)];
    }
    return described(refused, conf, entry, context);
  },
});

function* described(
  refused: readonly JsonDifference[],
  conf: JsonNode,
  entry: JsonNode,
  context: ReviewContext,
): Generator<Problem> {
  for (const difference of refused) yield describe(difference, conf, entry, context);
}

/** Whether the stored chain fits the stored 10-terway.conf no longer, which this write leaves alone. */
function isOutdated(context: ReviewContext): boolean {
  const conf = context.documentBefore(CONF_KEY)?.root;
  const before = context.chainBefore(CONFLIST_KEY)?.[0];
  if (!conf || before?.type !== 'terway' || touches(context.change, CONF_KEY)) return false;
  return jsonDifferences(conf, before.node).some((one) => !isForgiven(one, conf, context));
}

const MAX_NAMED = 6;

/** One remedy for the whole entry: the text of 10-terway.conf, and what the chain may have beyond it. */
function alignedWhole(
  refused: readonly JsonDifference[],
  all: readonly JsonDifference[],
  conf: JsonNode,
  entry: JsonNode,
  context: ReviewContext,
): Problem {
  const names = [...new Set(refused.map(({ path }) => quoted(String(path[0]), 40)))];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const kept = all.filter((one) => !refused.includes(one));
  const text = indented(withKept(kept, conf, entry, context), entry, context);
  const isDocumented = refused.some((one) => documentedAddition(one, conf) !== undefined);
  const words = `write the first plugin so, as ${CONF_KEY} has it now`;
  const edits = inText(CONFLIST_KEY, replaceValue(entry, text));
  return {
    key: CONFLIST_KEY,
    path: ['plugins', 0],
    at: { offset: entry.offset, length: 1 },
    dependsOn: DEPENDS_ON,
    message:
      `the stored chain fits ${CONF_KEY} no longer, which was changed after it: ` +
      `${names.slice(0, MAX_NAMED).join(', ')}${more} differ; the first plugin must equal it`,
    fix: {
      ...(isDocumented
        ? withWays(
            prose(`${words}; ${KEEPING_IT}`, edits),
            { kind: 'settings', settings: { firstEntry: 'documented' } },
            { kind: 'break-glass' },
          )
        : prose(words, edits)),
      quote: text,
    },
  };
}

/** The text of 10-terway.conf with what the entry may have beyond it. */
function withKept(
  kept: readonly JsonDifference[],
  conf: JsonNode,
  entry: JsonNode,
  context: ReviewContext,
): string {
  const source = confOf(context)?.text ?? '';
  const chain = context.text(CONFLIST_KEY);
  const places = kept.map(({ path }) => memberPathOf(path));
  const edits = places.flatMap((path, index) => {
    const isTold = places.findIndex((other) => formatPath(other) === formatPath(path)) < index;
    const value = nodeAt(entry, path);
    const parent = nodeAt(conf, path.slice(0, -1));
    if (isTold || !value || parent?.type !== 'object') return [];
    const json = chain.slice(value.offset, value.offset + value.length);
    const present = nodeAt(conf, path);
    if (present) return [replaceValue(present, json)];
    return [addMember(source, parent, { path: [String(path.at(-1))], value: json })];
  });
  const end = conf.offset + conf.length;
  return applyEdits(source.slice(0, end), edits).slice(conf.offset);
}

/** The lines of a text as deep as the entry in whose place it is put. */
function indented(text: string, entry: JsonNode, context: ReviewContext): string {
  const chain = context.text(CONFLIST_KEY);
  const line = chain.slice(chain.lastIndexOf('\n', entry.offset) + 1, entry.offset);
  const depth = /^[ \t]*/.exec(line)?.[0] ?? '';
  return text.split('\n').join(`\n${depth}`);
}

/** The place of the member in which a difference is; of one inside a list, the whole list. */
function memberPathOf(path: JsonPath): JsonPath {
  const listAt = path.findIndex((step) => typeof step === 'number');
  return listAt === -1 ? path : path.slice(0, listAt);
}

export const firstEntryAddition = defineRule({
  info: {
    id: 'first-entry-addition',
    title: 'The first plugin has a documented member that 10-terway.conf lacks',
    why: "With firstEntry: documented in the guard's configuration, what the vendor documents as an edit of 10-terway.conf may be added in the chain. Nodes that do not read the chain, or run no program for the member, go on without it.",
    fix: prose('check that the nodes it is meant for read it'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    settings: ['firstEntry'],
  },
  about: aboutKey(CONFLIST_KEY),
  check: (context) =>
    context.policy.firstEntry === 'documented' ? documentedAdditions(context) : NO_PROBLEMS,
});

function* documentedAdditions(context: ReviewContext): Generator<Problem> {
  const conf = context.document(CONF_KEY)?.root;
  const entry = firstTerwayEntry(context);
  const isNew = DEPENDS_ON.some((key) => touches(context.change, key));
  if (!isNew || conf?.type !== 'object' || !entry || hasProblems(context)) return;
  for (const difference of jsonDifferences(conf, entry)) {
    const addition = documentedAddition(difference, conf);
    if (!addition) continue;
    const path = ['plugins', 0, ...difference.path];
    yield {
      key: CONFLIST_KEY,
      path,
      at: difference.found ?? entry,
      dependsOn: DEPENDS_ON,
      message:
        `${formatPath(path)} is added as ${addition.document} tells; ` +
        `not read on ${addition.unreadOn}`,
    };
  }
}

function describe(
  difference: JsonDifference,
  conf: JsonNode,
  entry: JsonNode,
  context: ReviewContext,
): Problem {
  const { path, expected, found } = difference;
  const { text, kind } = remedy(path, conf, expected);
  const edits = alignment(difference, conf, entry, context);
  const isDocumented = documentedAddition(difference, conf) !== undefined;
  return {
    key: CONFLIST_KEY,
    path: ['plugins', 0, ...path],
    at: found ?? { offset: entry.offset, length: 1 },
    dependsOn: DEPENDS_ON,
    message: `${inWords(expected, found)}; the first plugin must equal it`,
    fix: isDocumented
      ? withWays(
          prose(`${kind === 'paste' ? `put ${text} back` : text}; ${KEEPING_IT}`, edits),
          { kind: 'settings', settings: { firstEntry: 'documented' } },
          { kind: 'break-glass' },
        )
      : { text, kind, ...(edits && { edits }) },
  };
}

const KEEPING_IT =
  "to keep it: firstEntry: documented in the guard's configuration, the component's " +
  'configuration in the ACK console where it has it, or break-glass';

/** What makes the entry equal 10-terway.conf at the place, with the text that conf has. */
function alignment(
  { path, expected, found }: JsonDifference,
  conf: JsonNode,
  entry: JsonNode,
  context: ReviewContext,
): readonly DataEdit[] | undefined {
  const confText = confOf(context)?.text ?? '';
  const text = context.text(CONFLIST_KEY);
  const textOf = ({ offset, length }: JsonNode) => confText.slice(offset, offset + length);
  const memberPath = memberPathOf(path);
  const isInList = memberPath.length < path.length;
  if (!expected && isNested(path)) return movedOut(entry, context);
  const wanted = isInList ? nodeAt(conf, memberPath) : expected;
  const present = isInList ? nodeAt(entry, memberPath) : found;
  const parent = nodeAt(entry, memberPath.slice(0, -1));
  const name = memberPath.at(-1);
  if (parent?.type !== 'object' || typeof name !== 'string') return undefined;
  if (present && wanted) return inText(CONFLIST_KEY, replaceValue(present, textOf(wanted)));
  if (wanted) {
    return inText(CONFLIST_KEY, addMember(text, parent, { path: [name], value: textOf(wanted) }));
  }
  const member = exactMember(parent, name);
  return member && inText(CONFLIST_KEY, removeMember(parent, member));
}

function inWords(expected: JsonNode | undefined, found: JsonNode | undefined): string {
  if (!expected) return `${found ? short(found) : 'this'} is not in ${CONF_KEY}`;
  if (!found) return `missing here, while ${CONF_KEY} has ${short(expected)}`;
  return `${short(found)} here, while ${CONF_KEY} has ${short(expected)}`;
}

function movedOut(entry: JsonNode, context: ReviewContext): readonly DataEdit[] | undefined {
  const nested = exactMember(entry, 'plugins');
  if (!nested || entry.type !== 'object') return undefined;
  const moved = unnested(context, { key: CONFLIST_KEY, node: entry }, nested);
  return moved && inText(CONFLIST_KEY, removeMember(entry, nested), moved);
}

/** A list "plugins" inside the entry, whose plugins belong behind it. */
const isNested = (path: JsonPath) => path.length === 1 && path[0] === 'plugins';

/** The member to paste; for a difference inside a list, the whole list. */
function remedy(path: JsonPath, conf: JsonNode, expected: JsonNode | undefined): Fix {
  const memberPath = memberPathOf(path);
  const isInList = memberPath.length < path.length;
  const name = quoted(String(memberPath.at(-1)));
  const parent = formatPath(['plugins', 0, ...memberPath.slice(0, -1)]);
  if (!expected && isNested(path)) {
    return prose('move the entries of this "plugins" behind plugins[0], into the outer list');
  }
  if (!isInList && !expected) return prose(`remove ${name} from ${parent}`);
  let node: JsonNode | undefined = conf;
  for (const step of memberPath) node = node && exactMember(node, step as string)?.value;
  const text = node && `${name}: ${jsonText(node)}`;
  return text !== undefined && masked(text) === text
    ? paste(text)
    : prose(`copy ${name} from ${CONF_KEY} into ${parent}`);
}

/** A value for a message: whole when short, else its beginning; of a credential its type. */
function short(node: JsonNode): string {
  return isCredential(node) ? describeType(node) : shortened(masked(jsonText(node)), 60);
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
  about: aboutTextTraits('other-conf'),
  check(context) {
    const conf = context.document(CONF_KEY);
    const entry = firstTerwayEntry(context);
    if (!conf || conf.root?.type === 'object' || !entry) return NO_PROBLEMS;
    return [
      {
        key: CONFLIST_KEY,
        path: ['plugins', 0],
        at: { offset: entry.offset, length: 1 },
        dependsOn: DEPENDS_ON,
        message: `${CONF_KEY} can't be read, so the first plugin could not be compared with it`,
      },
    ];
  },
});

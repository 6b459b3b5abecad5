import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  DOCUMENT_KEYS,
  type DocumentKey,
  isSecretKey,
} from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { inText, paste, prose, tentative } from '../core/fix.ts';
import { valueBytes } from '../core/object-size.ts';
import { isHidden } from '../json/credentials.ts';
import { MAX_TEXT_LENGTH } from '../json/document.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import { isSameJson } from '../json/same.ts';
import type { JsonProblem } from '../json/syntax-problem.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { printable, quoted } from '../text/text.ts';
import { decodedObjects } from '../reading/decoded-entries.ts';
import { isNameShown } from '../reading/shown-path.ts';
import { memberRemoval, memberRenaming } from './entry-edits.ts';
import { type DecodedObject, repeatedMembers } from '../reading/decoded-object.ts';
import { hasTwins } from '../json/go-names.ts';
import { aboutEntryTraits, aboutTextTraits } from '../reading/subjects.ts';

/** Rules about the texts as JSON, whatever they mean. */

interface KeyProblem {
  readonly key: DocumentKey;
  readonly problem: JsonProblem;
}

/** What keeps the texts from being read; of most objects nothing. */
function keyProblems(context: ReviewContext): readonly KeyProblem[] {
  const found: KeyProblem[] = [];
  for (const key of DOCUMENT_KEYS) {
    for (const problem of context.document(key)?.problems ?? []) found.push({ key, problem });
  }
  return found;
}

function readingProblems(context: ReviewContext, wanted: JsonProblem['kind']): readonly Problem[] {
  return context
    .memo(keyProblems)
    .filter(({ problem }) => problem.kind === wanted)
    .map(({ key, problem }) => ({
      key,
      at: problem.at,
      message:
        wanted === 'syntax' ? `not valid ${notationOf(key)}: ${problem.message}` : problem.message,
      ...fixOf(problem, key, context.text(key)),
      ...(wanted === 'number' ? {} : { whole: [] }),
    }));
}

const notationOf = (key: string) => (key === CNI_CHAIN_KEY ? 'YAML' : 'JSON');

/** What a problem says to paste holds text of the document, so secret ones get the words only. */
function fixOf(
  { slip, fix, paste: text, edits, at }: JsonProblem,
  key: string,
  document: string,
): Pick<Problem, 'fix'> {
  if (slip === 'empty' && key === CONFLIST_KEY) {
    return { fix: prose(`remove the key ${key}, or put a chain there`) };
  }
  const changes = edits && inText(key, ...edits);
  if (text !== undefined && !isSecretKey(key) && !isHidden(document, at)) {
    return { fix: paste(printable(text, Infinity), changes) };
  }
  return fix === undefined ? {} : { fix: prose(fix, changes) };
}

export const jsonSyntax = defineRule({
  info: {
    id: 'json-syntax',
    title: 'The text must be valid JSON, that of cni_chain valid YAML',
    why: 'terway-cli refuses the file in the init container, so every Terway pod that starts from now on fails. A broken eni_conf under central IPAM (ipam_type "crd") also has new pods refused at once, as the controller reads it from the API. An empty text counts as invalid. cni_chain is read as YAML 1.1, as by sigs.k8s.io/yaml, which Terway uses.',
    fix: prose('mend the place as the finding says; it names the syntax error'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutTextTraits('unread'),
  check: (context) => readingProblems(context, 'syntax'),
});

export const jsonNumber = defineRule({
  info: {
    id: 'json-number',
    title: 'Numbers must fit into a 64-bit float',
    why: 'Terway reads every number as a float64 and refuses the whole document when one does not fit.',
    fix: prose('write a smaller number'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutTextTraits('unread'),
  check: (context) => readingProblems(context, 'number'),
});

export const jsonDepth = defineRule({
  info: {
    id: 'json-depth',
    title: 'JSON must not be nested out of reason',
    why: 'Readers give up on deep nesting, each at a depth of its own; no plugin needs more than a few levels.',
    fix: prose('remove the nesting'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutTextTraits('unread'),
  check: (context) => readingProblems(context, 'depth'),
});

export const jsonSize = defineRule({
  info: {
    id: 'json-size',
    title: 'The text must not be too long to be read',
    why: 'The API server stores at most 1 MiB in one ConfigMap, all values together. Of cni_chain Terway reads 64 KiB at most, and aliases of YAML can make a short text long. The guard reads 3000 values (members and elements) of a text at most: each costs it time, and a chain has some hundred. What it can not read to the end it does not let through.',
    fix: prose('shorten the text'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTooLong',
  },
  about: aboutTextTraits('unread', 'long'),
  check(context) {
    const problems = readingProblems(context, 'size');
    // An overlay is seen here as the nodes read it, and not with the keys that stand in it.
    if (problems.length > 0 || context.change.overlay) return problems;
    const bytes = valueBytes(context.object);
    if (bytes <= MAX_TEXT_LENGTH) return NO_PROBLEMS;
    return [
      {
        message: `the values are ${bytes} bytes long together; a ConfigMap holds 1 MiB at most`,
        fix: prose('shorten the texts'),
      },
    ];
  },
});

export const jsonDuplicate = defineRule({
  info: {
    id: 'json-duplicate',
    title: 'A member must not stand twice in one object',
    why: 'Of two members with one name the last wins, silently; for plugins even letter case does not tell them apart.',
    fix: prose('keep one of them'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueDuplicate',
  },
  check: (context) => (hasRepeated(context) ? duplicates(context) : NO_PROBLEMS),
});

/** Whether any object has two members that are one to its program, or to every program. */
const hasRepeated = (context: ReviewContext): boolean =>
  decodedObjects(context).some(({ repeated }) => repeated.length > 0) ||
  DOCUMENT_KEYS.some((key) => context.document(key)?.objects.some(hasTwins));

function* duplicates(context: ReviewContext): Generator<Problem> {
  const byNode = new Map(decodedObjects(context).map((decoded) => [decoded.node, decoded]));
  for (const key of DOCUMENT_KEYS) {
    for (const node of context.document(key)?.objects ?? []) {
      const pairs = byNode.get(node)?.repeated ?? repeatedMembers(node);
      if (pairs.length === 0) continue;
      const times = new Map<JsonMember, number>();
      for (const member of pairs.flat()) times.set(member, (times.get(member) ?? 0) + 1);
      for (const pair of pairs) {
        yield duplicateProblem(key, pair, {
          isAlone: pair.every((member) => times.get(member) === 1),
        });
      }
    }
  }
}

/** Of three members it depends on the third which of two that say the same can go; `isAlone`: no third. */
function duplicateProblem(
  key: string,
  [earlier, later]: readonly [JsonMember, JsonMember],
  { isAlone }: { readonly isAlone: boolean },
): Problem {
  const path = pathOf(later.value);
  const spelling = !isNameShown(key, path)
    ? 'a name stands here twice'
    : earlier.name === later.name
      ? `${quoted(later.name)} stands here twice`
      : `${quoted(earlier.name)} and ${quoted(later.name)} are one field to the program`;
  return {
    key,
    path,
    at: later.nameNode,
    message: `${spelling}; one of them wins, silently`,
    // Of two spellings it depends on the program's which can go; -0 equals 0, but is no integer to Go.
    ...(isAlone &&
      earlier.name === later.name &&
      isSameJson(earlier.value, later.value) &&
      Object.is(earlier.value.value, later.value.value) && {
        fix: prose('remove one of the two, which say the same', memberRemoval(key, later)),
      }),
  };
}

export const jsonNameCase = defineRule({
  info: {
    id: 'json-name-case',
    title: 'Members should be spelt as the plugin spells them',
    why: 'CNI plugins accept any letter case, so the member counts; Terway itself and people searching for it do not see it. Of eni_conf, nodeconfig in the init container takes any letter case and refuses a wrong type, while the daemon reads the exact name only, so that the setting does nothing.',
    fix: prose('use the spelling of the plugin'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntryTraits('other-case'),
  check: checkEach(decodedObjects, nameCases),
});

function* nameCases({
  key,
  reader,
  fields,
  variants,
  repeated,
}: DecodedObject): Generator<Problem> {
  const among = new Set(repeated.flat());
  for (const [member, name] of variants) {
    const isAlone = !among.has(member);
    // Under its own name a protected member may differ from what was used so far.
    const isRenamable = isAlone && !fields[name]?.protected;
    const edits = isRenamable ? memberRenaming(key, member, name) : undefined;
    yield {
      key,
      path: pathOf(member.value),
      at: member.nameNode,
      message: isSecretKey(key)
        ? `Terway's daemon does not read ${quoted(member.name)}, as letter case counts there; it is spelt "${name}"`
        : `${quoted(member.name)} counts as "${name}" to ${printable(reader, 40)}; it is spelt "${name}"`,
      fix: edits ? tentative(paste(`"${name}"`, edits)) : prose(`keep one member, spelt "${name}"`),
    };
  }
}

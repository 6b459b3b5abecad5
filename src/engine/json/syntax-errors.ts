import { type TextEdit, applyEdits } from './edit.ts';
import { MAX_PASTE } from './format.ts';
import { LineIndex } from './position.ts';
import { readStrictly } from './reader.ts';
import { findSlips } from './slips/grammar.ts';
import { withoutLineMarks } from './slips/line-marks.ts';
import { slipOfFinger } from './slips/slip-of-finger.ts';
import { MAX_EDITS, type Slip, type SlipKind, SlipList, type Words, range } from './slips/slip.ts';
import { emptyOrUtf16, keyBeforeJson, withoutWrapping, yamlSlip } from './slips/whole-text.ts';
import type { JsonProblem } from './syntax-problem.ts';

const MAX_SYNTAX_PROBLEMS = 20;

/**
 * UTF-16 units of a text whose errors are looked for; no configuration is half as long. The look
 * reads a text some ten times, which costs the time of all other callers.
 */
export const MAX_EXPLAINED = 64 * 1024;

/**
 * What is wrong with a text that is not JSON, each error for what it is, 20 at most, from the top.
 * A habit, such as single quotes throughout, is one problem; accidents, such as trailing commas,
 * are one each. Of a text that is too long to be explained, only the place is told. `failedAt` is
 * where the strict reader gave up.
 */
export function syntaxProblems(text: string, failedAt: number): JsonProblem[] {
  if (text.length > MAX_EXPLAINED) return [unexplained(failedAt)];
  const list = slipsOf(text);
  if (list.slips.length === 0) list.add(unknownSlip(failedAt));
  const found = groupsOf(list.slips);
  const one = mayBeOne(found)
    ? slipOfFinger(
        text,
        failedAt,
        found.some((group) => !editsOf(group)),
      )
    : undefined;
  const groups: Group[] = one ? [[one]] : found.slice(0, MAX_SYNTAX_PROBLEMS);
  const lines = new LineIndex(text);
  const problems = groups.map((group) => problemOf(group, lines));
  // Of a text that was not read to its end, not all places of a habit are known.
  const isSure = !list.isFull && canBeMade(text, problems);
  return isSure ? problems : problems.map(withoutEdits);
}

function slipsOf(text: string): SlipList {
  const list = new SlipList();
  const none = emptyOrUtf16(text);
  if (none) {
    list.add(none);
    return list;
  }
  const read = withoutWrapping(withoutLineMarks(text, list), list);
  const whole = keyBeforeJson(read) ?? yamlSlip(read);
  if (whole) list.add(whole);
  else findSlips(read, list);
  return list;
}

/** For what the tolerant reading takes no offence at; no such text is known. */
const unknownSlip = (failedAt: number) =>
  ({
    kind: 'unexpected-token',
    message: 'unexpected token: this is not valid JSON',
    fix: 'write one "name": value for each member, with commas between them',
    at: range(failedAt, failedAt + 1),
  }) as const satisfies Slip;

function unexplained(failedAt: number): JsonProblem {
  const { kind: slip, message, ...rest } = unknownSlip(failedAt);
  const more = `; a text of more than ${MAX_EXPLAINED} characters is read up to its first error only`;
  return { kind: 'syntax', slip, message: `${message}${more}`, ...rest };
}

/** Errors without a certain remedy that one slip of a finger can look like. */
const LOOKS_OF_ONE: ReadonlySet<SlipKind> = new Set<SlipKind>([
  'unexpected-token',
  'unterminated-string',
  'missing-name',
  'missing-value',
  'missing-opening-bracket',
  'several-documents',
  'trailing-text',
]);

const mayBeOne = ([first, ...others]: readonly Group[]): boolean =>
  others.length > 0 || (first !== undefined && !editsOf(first) && LOOKS_OF_ONE.has(first[0].kind));

// ---------------------------------------------------------------------------------------------
// Habits
// ---------------------------------------------------------------------------------------------

/** Errors that happen once, each at a place of its own; all others are habits. */
const ACCIDENTS: ReadonlySet<SlipKind> = new Set<SlipKind>([
  'number',
  'unterminated-string',
  'missing-opening-quote',
  'unescaped-quote',
  'trailing-comma',
  'missing-comma',
  'extra-comma',
  'missing-colon',
  'extra-colon',
  'missing-value',
  'missing-name',
  'missing-opening-bracket',
  'missing-closing-bracket',
  'extra-bracket',
  'mismatched-bracket',
  'unexpected-token',
]);

/** Slips with the same words, which are told together; never empty. */
type Group = readonly [Slip, ...Slip[]];

function groupsOf(slips: readonly Slip[]): Group[] {
  const habits = new Map<Slip['message'], [Slip, ...Slip[]]>();
  const groups: Group[] = [];
  for (const slip of [...slips].sort((a, b) => a.at.offset - b.at.offset)) {
    const habit = ACCIDENTS.has(slip.kind) ? undefined : habits.get(slip.message);
    if (habit) {
      habit.push(slip);
      continue;
    }
    const group: [Slip, ...Slip[]] = [slip];
    habits.set(slip.message, group);
    groups.push(group);
  }
  return groups;
}

function problemOf(group: Group, lines: LineIndex): SyntaxProblem {
  const [first, ...others] = group;
  const worded = (words: Words) => (typeof words === 'string' ? words : words(placeWords));
  const placeWords = (offset: number) => {
    const { line, column } = lines.positionAt(offset);
    return `line ${line}, column ${column}`;
  };
  const problem = {
    kind: 'syntax',
    slip: first.kind,
    message: `${worded(first.message)}${otherPlaces(first, others, lines)}`,
    fix: worded(first.fix),
    at: first.at,
  } as const;
  const edits = editsOf(group);
  if (!edits) return problem;
  const { paste } = first;
  const isPaste = others.length === 0 && paste !== undefined && paste.length <= MAX_PASTE;
  return isPaste ? { ...problem, paste, edits } : { ...problem, edits };
}

/** A syntax error with what is known of each. */
type SyntaxProblem = JsonProblem & Required<Pick<JsonProblem, 'slip' | 'fix'>>;

function editsOf(group: Group): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const slip of group) {
    if (!slip.edits || edits.length + slip.edits.length > MAX_EDITS) return undefined;
    edits.push(...slip.edits);
  }
  return edits;
}

/** Lines that are named of a habit. */
const MAX_LINES_NAMED = 5;

function otherPlaces(first: Slip, others: readonly Slip[], lines: LineIndex): string {
  if (others.length === 0) return '';
  const numbers = new Set(others.map(({ at }) => lines.lineAt(at.offset)));
  numbers.delete(lines.lineAt(first.at.offset));
  if (numbers.size === 0) return ' (the same further on in this line)';
  const named = [...numbers].slice(0, MAX_LINES_NAMED);
  const more = numbers.size - named.length;
  const list =
    more > 0
      ? `${named.join(', ')} and ${more} more`
      : named.join(', ').replace(/, (\d+)$/, ' and $1');
  return ` (the same in ${numbers.size === 1 ? 'line' : 'lines'} ${list})`;
}

// ---------------------------------------------------------------------------------------------
// Edits
// ---------------------------------------------------------------------------------------------

/**
 * Whether the edits of all problems can be made at once and, where every problem has some, make
 * JSON of the text.
 */
function canBeMade(text: string, problems: readonly JsonProblem[]): boolean {
  const edits = problems.flatMap((problem) => problem.edits ?? []);
  edits.sort((a, b) => a.offset - b.offset || a.length - b.length);
  const overlaps = edits.some(({ offset }, index) => {
    const before = edits[index - 1];
    return before !== undefined && before.offset + before.length > offset;
  });
  if (overlaps) return false;
  if (problems.length === MAX_SYNTAX_PROBLEMS || problems.some((one) => !one.edits)) return true;
  return !('failedAt' in readStrictly(applyEdits(text, edits)));
}

const withoutEdits = ({ kind, slip, message, fix, at }: SyntaxProblem): SyntaxProblem => ({
  kind,
  slip,
  message,
  fix,
  at,
});

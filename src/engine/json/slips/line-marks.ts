import type { TextEdit } from '../edit.ts';
import type { Range } from '../position.ts';
import { type Slip, type SlipList, range, removing } from './slip.ts';

/**
 * What tools put at the beginning of lines: code fences, diffs, merge conflicts, line numbers,
 * quotation marks of mails, YAML's block indicators. They are told once for the whole text and
 * then blanked out, so that the JSON between them can be read; offsets stay what they are.
 */
export function withoutLineMarks(text: string, slips: SlipList): string {
  let read = text;
  for (const find of [blockScalar, codeFence, conflict, diff, lineNumbers, quotedLines]) {
    const found = find(read);
    if (!found) continue;
    slips.add(found.slip);
    read = blanked(read, found.blanks);
  }
  return read;
}

interface Found {
  readonly slip: Slip;
  /** What is not to be read as JSON, in the order of the text. */
  readonly blanks: readonly Range[];
}

function blanked(text: string, blanks: readonly Range[]): string {
  let result = '';
  let done = 0;
  for (const { offset, length } of blanks) {
    const blank = text.slice(offset, offset + length).replace(/[^\n]/g, ' ');
    result += text.slice(done, offset) + blank;
    done = offset + length;
  }
  return result + text.slice(done);
}

/** More lines than any tool shows of a chain; a text with more is read as it is. */
const MAX_LINES = 5000;

interface Line extends Range {
  readonly text: string;
}

function linesOf(text: string): Line[] | undefined {
  const lines: Line[] = [];
  for (let offset = 0; offset <= text.length;) {
    const newline = text.indexOf('\n', offset);
    const end = newline === -1 ? text.length : newline;
    if (lines.length === MAX_LINES) return undefined;
    lines.push({ offset, length: end - offset, text: text.slice(offset, end) });
    offset = end + 1;
  }
  return lines;
}

const removed = (ranges: readonly Range[]): TextEdit[] =>
  ranges.map(({ offset, length }) => removing(offset, offset + length));

// ---------------------------------------------------------------------------------------------

const BLOCK_SCALAR = /^\s*(?:["']?[\w./-]{1,200}["']?[ \t]*:[ \t]*)?[|>][0-9+-]{0,2}[ \t]*\r?\n/;

/** `|`, `>-` or `10-terway.conflist: |` as the first line. */
function blockScalar(text: string): Found | undefined {
  const line = BLOCK_SCALAR.exec(text)?.[0];
  if (line === undefined) return undefined;
  const start = line.length - line.trimStart().length;
  const end = line.trimEnd().length;
  return {
    slip: {
      kind: 'block-scalar',
      message: 'YAML block indicator (| or >) as the first line of the text itself',
      fix: 'remove this line; the indicator stands behind the key of the ConfigMap only',
      at: range(start, end),
      edits: [removing(0, line.length)],
    },
    blanks: [range(0, line.length)],
  };
}

const FENCE = /^[ \t]*(?:`{3,}|~{3,})[^`~{["]*/;

/** Lines such as ```` ```json ````, or such marks around a text of one line. */
function codeFence(text: string): Found | undefined {
  if (!text.includes('```') && !text.includes('~~~')) return undefined;
  const fences = (linesOf(text) ?? []).flatMap(fencesOf);
  if (fences.length > MAX_FENCES) return undefined;
  const [first] = fences;
  if (!first) return undefined;
  const start = first.offset + text.slice(first.offset).search(/[`~]/);
  return {
    slip: {
      kind: 'code-fence',
      message: 'code fence (``` or ~~~) of Markdown',
      fix: 'remove the fence before the JSON and the one behind it',
      at: range(start, first.offset + first.length),
      edits: removed(fences),
    },
    blanks: fences,
  };
}

const MAX_FENCES = 20;

function fencesOf({ offset, text }: Line): Range[] {
  const opening = FENCE.exec(text)?.[0].length ?? 0;
  const end = text.trimEnd().length;
  let start = end;
  while (start > opening && text[start - 1] === text[end - 1]) start -= 1;
  const isClosing = end - start >= 3 && '`~'.includes(text.charAt(end - 1));
  return [
    ...(opening > 0 ? [range(offset, offset + opening)] : []),
    ...(isClosing ? [range(offset + start, offset + end)] : []),
  ];
}

const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})(?:[ \t\r].*)?$/;

/** `<<<<<<<`, `=======`, `>>>>>>>`: the first side is read, the other one is not. */
function conflict(text: string): Found | undefined {
  if (!/^(?:<{7}|={7}|>{7})/m.test(text)) return undefined;
  const lines = linesOf(text);
  const first = lines?.find((line) => CONFLICT.test(line.text));
  if (!lines || !first) return undefined;
  const blanks: Range[] = [];
  let isOther = false;
  for (const line of lines) {
    const isMark = CONFLICT.test(line.text);
    if (isMark) isOther = /^[=|]/.test(line.text);
    if (isMark || isOther) blanks.push(line);
  }
  return {
    slip: {
      kind: 'conflict-marker',
      message: 'conflict markers of git (<<<<<<<, =======, >>>>>>>): a merge was not finished',
      fix: 'keep one of the two sides, before or behind =======, and remove the lines with the markers',
      at: range(first.offset, first.offset + first.length),
    },
    blanks,
  };
}

const DIFF_HEADER = /^(?:@@ |diff |index |--- |\+\+\+ |\\ No newline)/;
const DIFF_LINE = /^[+-](?=[\s"{}[\]]|$)/;

/** `+` and `-` at the beginning of lines, as a diff shows them: what it adds is read. */
function diff(text: string): Found | undefined {
  if (!/^[+-][\s"{}[\]]/m.test(text)) return undefined;
  const lines = linesOf(text);
  // Where every line is one of a diff, the sign counts before a digit as well.
  const isWhole = lines?.every(({ text: line }) => line === '' || /^[ +\-@\\di]/.test(line));
  const mark = isWhole ? /^[+-]/ : DIFF_LINE;
  const marked = lines?.filter(({ text: line }) => mark.test(line) || DIFF_HEADER.test(line));
  const first = marked?.[0];
  if (!marked || !first) return undefined;
  const isAdded = ({ text: line }: Line) => line.startsWith('+') && !DIFF_HEADER.test(line);
  // `- name: value` is a list of YAML.
  if (!marked.some(isAdded) && !marked.every(({ text: line }) => /^-\s*["{}[\]]/.test(line)))
    return undefined;
  const blanks = marked.map((line) =>
    isAdded(line)
      ? range(line.offset, line.offset + 1)
      : range(line.offset, line.offset + line.length),
  );
  const isCertain = marked.every(isAdded);
  return {
    slip: {
      kind: 'diff-marker',
      message: 'diff markers (+ or -) at the beginning of lines',
      fix: isCertain
        ? 'remove the + at the beginning of each line'
        : 'remove the lines that begin with - or @@, and the + at the beginning of the others',
      at: range(first.offset, first.offset + 1),
      ...(isCertain ? { edits: removed(blanks) } : {}),
    },
    blanks,
  };
}

const NUMBERED = /^[ \t]*(\d{1,5})(?:[ \t]*[:|.)\u2502][ \t]?|[ \t]|$)/;

/** `12: ` or `12 | ` at the beginning of every line, counting up. */
function lineNumbers(text: string): Found | undefined {
  if (!NUMBERED.test(text)) return undefined;
  const lines = linesOf(text)?.filter((line) => line.text.trim() !== '');
  if (!lines || lines.length < 2) return undefined;
  const blanks: Range[] = [];
  let expected: number | undefined;
  for (const line of lines) {
    const match = NUMBERED.exec(line.text);
    const number = Number(match?.[1]);
    if (!match || (expected !== undefined && number !== expected)) return undefined;
    expected = number + 1;
    blanks.push(range(line.offset, line.offset + match[0].length));
  }
  return everyLine(blanks, {
    kind: 'line-number',
    message: 'line numbers at the beginning of lines',
    fix: 'remove the line numbers: copy the text without them',
  });
}

const QUOTED = /^[ \t]*(?:>[ \t]?)+/;

/** `> ` at the beginning of every line, as mails quote. */
function quotedLines(text: string): Found | undefined {
  if (!QUOTED.test(text)) return undefined;
  const lines = linesOf(text)?.filter((line) => line.text.trim() !== '') ?? [];
  const blanks: Range[] = [];
  for (const { offset, text: line } of lines) {
    const mark = QUOTED.exec(line)?.[0];
    if (mark === undefined) return undefined;
    blanks.push(range(offset, offset + mark.length));
  }
  return everyLine(blanks, {
    kind: 'quoted-line',
    message: '> at the beginning of lines, as mails and chats quote',
    fix: 'remove the > at the beginning of each line',
  });
}

function everyLine(
  blanks: Range[],
  words: Pick<Slip, 'kind' | 'message' | 'fix'>,
): Found | undefined {
  const [first] = blanks;
  if (!first) return undefined;
  return { slip: { ...words, at: first, edits: removed(blanks) }, blanks };
}

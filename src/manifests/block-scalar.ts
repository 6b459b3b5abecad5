import { PieceList } from './text-map.ts';

/**
 * Decodes block scalars of YAML (`|` and `>`) with the place of each character. What the parser made
 * of the scalar is known, so it decides where the rules of indentation and folding are intricate.
 * Source: YAML 1.2.2, chapter 8.1.
 */

/** A line of the scalar: where it begins in the file, and its characters without the line break. */
interface Line {
  readonly at: number;
  readonly text: string;
  /** Length of the line break behind it: 0 at the end of the file. */
  readonly break: number;
}

export interface Block {
  readonly list: PieceList;
  /** Spaces in front of each line that are no part of the text. */
  readonly indent: number;
}

/**
 * `source` is the file; the scalar's lines stand in it from `start` to `end`, without its header.
 * Undefined where the lines do not come to `value`.
 */
export function decodeBlock(
  source: string,
  start: number,
  end: number,
  isFolded: boolean,
  value: string,
): Block | undefined {
  const lines = linesOf(source, start, end);
  const first = lines.find(({ text }) => text.trim() !== '')?.text;
  const most =
    first === undefined
      ? Math.max(0, ...lines.map(({ text }) => text.length))
      : first.length - first.trimStart().length;
  // Without an indentation indicator the first line tells; with one it may have spaces of its own.
  for (let indent = most; indent >= 0; indent -= 1) {
    const list = isFolded ? folded(lines, indent, value) : literal(lines, indent, value);
    if (list.text === value) return { list, indent };
  }
  return undefined;
}

function linesOf(source: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  let at = start;
  while (at < end) {
    const newline = source.indexOf('\n', at);
    const stop = newline === -1 || newline >= end ? end : newline;
    const isCrLf = stop > at && source[stop - 1] === '\r';
    const text = source.slice(at, isCrLf ? stop - 1 : stop);
    const next = stop < end ? stop + 1 : end;
    lines.push({ at, text, break: next - at - text.length });
    at = next;
  }
  return lines;
}

/** A line's own characters; one of spaces alone may be shorter than the indentation. */
const contentOf = ({ text }: Line, indent: number) => text.slice(indent);

function literal(lines: readonly Line[], indent: number, value: string): PieceList {
  const list = new PieceList();
  for (const line of lines) {
    const content = contentOf(line, indent);
    if (list.text.length === value.length) break;
    list.copy(content, line.at + indent);
    if (list.text.length < value.length) list.add('\n', line.at + line.text.length, line.break);
  }
  return list;
}

function folded(lines: readonly Line[], indent: number, value: string): PieceList {
  const list = new PieceList();
  let breaks: Line[] = [];
  const endLines = (count: number, character: string) => {
    for (const line of breaks.slice(breaks.length - count)) {
      list.add(character, line.at + line.text.length, line.break);
    }
    breaks = [];
  };
  for (const line of lines) {
    const content = contentOf(line, indent);
    if (content !== '') {
      const at = list.text.length;
      const gap = gapBefore(content, value, at);
      endLines(gap, value[at] === ' ' && gap === 1 && !value.startsWith(content, at) ? ' ' : '\n');
      list.copy(content, line.at + indent);
    }
    breaks.push(line);
  }
  endLines(value.length - list.text.length, '\n');
  return list;
}

/** How many characters of the value, spaces or line breaks, stand before the next line's content. */
function gapBefore(content: string, value: string, at: number): number {
  if (value.startsWith(content, at)) return 0;
  if (value[at] === ' ') return 1;
  let gap = 0;
  while (value[at + gap] === '\n') gap += 1;
  return gap;
}

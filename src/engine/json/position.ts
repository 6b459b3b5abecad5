import { sourceText } from '../text/text.ts';
import { maskedStretch } from './credentials.ts';

/** A stretch of a document's text, in UTF-16 units from its start. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Line and column, both from 1; the column counts characters, not bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One source line around a range, with a line of carets under what is meant. */
export interface Excerpt extends Position {
  readonly source: string;
  readonly carets: string;
}

const EXCERPT_WIDTH = 88;

/** Where `offset` stands in `text`. An offset past the end is the end. */
export function positionAt(text: string, offset: number): Position {
  const end = Math.min(offset, text.length);
  let line = 1;
  let start = 0;
  for (let at = 0; at < end; at += 1) {
    if (text.charCodeAt(at) !== 0x0a) continue;
    line += 1;
    start = at + 1;
  }
  return { line, column: characters(text, start, end) + 1 };
}

/** UTF-16 units between two places of a text whose lines are counted. */
const BLOCK = 4096;

/**
 * The lines of one text, counted once and as far as they are asked for, for the places of many offsets;
 * cheapest in their order.
 */
export class LineIndex {
  readonly #text: string;
  /** Line ends before each block: one for each line would be a million of them for a text of nothing else. */
  readonly #endsBefore: number[] = [0];
  /** What was asked for last: so many characters stand before this offset of its line. */
  #counted = { line: 1, offset: 0, characters: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  /** The line in which `offset` stands, from 1. */
  lineAt(offset: number): number {
    const end = Math.max(0, Math.min(offset, this.#text.length));
    const block = Math.floor(end / BLOCK);
    return this.#endsBeforeBlock(block) + endsIn(this.#text, block * BLOCK, end) + 1;
  }

  #endsBeforeBlock(block: number): number {
    const counts = this.#endsBefore;
    for (let next = counts.length; next <= block; next += 1) {
      const own = endsIn(this.#text, (next - 1) * BLOCK, next * BLOCK);
      counts.push((counts[next - 1] ?? 0) + own);
    }
    return counts[block] ?? 0;
  }

  /** The same as `positionAt`. */
  positionAt(offset: number): Position {
    const end = Math.min(offset, this.#text.length);
    const line = this.lineAt(end);
    const isBehind = this.#counted.line === line && this.#counted.offset <= end;
    if (!isBehind) {
      const start = end === 0 ? 0 : this.#text.lastIndexOf('\n', end - 1) + 1;
      this.#counted = { line, offset: start, characters: 0 };
    }
    const counted = this.#counted;
    counted.characters += characters(this.#text, counted.offset, end);
    counted.offset = end;
    return { line, column: counted.characters + 1 };
  }
}

function endsIn(text: string, start: number, end: number): number {
  let ends = 0;
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at) === 0x0a) ends += 1;
  return ends;
}

/**
 * Characters of a stretch as people count them on a screen, near enough: code points, each at its
 * first unit. Unit by unit, since the optimised codePointAt of Node 24 looks past the end of a
 * sliced string.
 */
function characters(text: string, start: number, end: number): number {
  let count = end - start;
  for (let at = start; at < end; at += 1) {
    if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) count -= 1;
  }
  return count;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * The source line at `range`, cut to a window of 88 characters that shows the range's start, and
 * carets under the part of the range that stands on that line. Values of members that look like
 * credentials are hidden. `position` is where the range begins, for a caller that knows it.
 */
export function excerptAt(
  text: string,
  range: Range,
  position = positionAt(text, range.offset),
): Excerpt {
  const offset = Math.min(range.offset, text.length);
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const lineEnd = newline === -1 ? text.length : newline;
  const windowStart =
    lineEnd - lineStart > EXCERPT_WIDTH && offset - lineStart > EXCERPT_WIDTH / 2
      ? offset - EXCERPT_WIDTH / 2
      : lineStart;
  const windowEnd = Math.min(lineEnd, windowStart + EXCERPT_WIDTH);
  const source = sourceText(maskedStretch(text, windowStart, windowEnd).replace(/\r$/, ''));
  const caretCount = Math.max(1, Math.min(range.length, windowEnd - offset));
  return {
    ...position,
    source,
    carets: `${' '.repeat(offset - windowStart)}${'^'.repeat(caretCount)}`,
  };
}

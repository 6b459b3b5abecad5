/** Brackets that are open, and what is to be made of closing ones that do not fit. */

export type Opening = '{' | '[';
export type Closing = '}' | ']';

/** An opened object or list. */
export interface Opened {
  readonly mark: Opening;
  readonly offset: number;
  /** Lines before it, and the indentation of its own line. */
  readonly line: number;
  readonly indent: number;
  /** It holds a comma, so more than one member or element. */
  hasComma: boolean;
  /** Nothing opens it in the text: a member stands where none can. */
  readonly isAssumed: boolean;
}

export const closingOf = (mark: Opening): Closing => (mark === '{' ? '}' : ']');
export const openingOf = (mark: Closing): Opening => (mark === '}' ? '{' : '[');

const NAMES = { '{': 'brace', '}': 'brace', '[': 'bracket', ']': 'bracket' } as const;

/** `brace }`. */
export const named = (mark: Opening | Closing): string => `${NAMES[mark]} ${mark}`;

/** What a closing bracket that does not fit the last opened one is. */
export type Misfit =
  | { readonly is: 'extra' }
  | { readonly is: 'mistyped' }
  /** This many of the last opened ones are not closed before it. */
  | { readonly is: 'after-missing'; readonly missing: number };

/**
 * Judges a closing bracket that does not fit. What decides is how many more the rest of the text
 * closes than it opens: `rest`.
 */
export function misfit(stack: readonly Opened[], mark: Closing, rest: number): Misfit {
  const depth = stack.length;
  const own = stack.findLastIndex((opened) => opened.mark === openingOf(mark));
  if (depth === 0 || rest === depth) return { is: 'extra' };
  if (rest === depth - 1 || own === -1) return { is: 'mistyped' };
  return { is: 'after-missing', missing: depth - 1 - own };
}

const OPENING = '{[\uff5b\uff3b\u3010';
const CLOSING = '}]\uff5d\uff3d\u3011';

/** How many more brackets the text closes from `start` on than it opens, strings left out. */
export function closedFrom(text: string, start: number): number {
  let closed = 0;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      at = endOfString(text, at);
    } else if (unit === 0x7b || unit === 0x5b) {
      closed -= 1;
    } else if (unit === 0x7d || unit === 0x5d) {
      closed += 1;
    } else if (unit > 0x7f) {
      const character = text.charAt(at);
      if (OPENING.includes(character)) closed -= 1;
      else if (CLOSING.includes(character)) closed += 1;
    }
  }
  return closed;
}

/** Behind the bracket that closes the one at `start`, strings left out. */
export function endOfPair(text: string, start: number): number | undefined {
  let open = 0;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) at = endOfString(text, at);
    else if (unit === 0x7b || unit === 0x5b) open += 1;
    else if (unit === 0x7d || unit === 0x5d) open -= 1;
    if (open === 0) return at + 1;
  }
  return undefined;
}

/** Offset of the closing quote, or of the line's end: a string that never closes ends there. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (unit === 0x5c) offset += 1;
    else if (unit === 0x22 || unit === 0x0a) return offset;
  }
  return text.length;
}

/** Whether the closing bracket of a pair is where its opening one belongs to, as far as can be told. */
export type Standing = 'clear' | 'early' | 'doubtful';

interface End extends Pick<Opened, 'line' | 'indent'> {
  readonly isFirstOnLine: boolean;
}

/**
 * Judges the place of a closing bracket by the lines. On a line of its own, indented as the line of
 * its opening one, it is clear; behind other things on its line, though its opening one ends a
 * line, it is early.
 */
export function standingOf(text: string, opened: Opened, end: End): Standing {
  if (end.isFirstOnLine) return end.indent === opened.indent ? 'clear' : 'doubtful';
  return end.line !== opened.line && endsLine(text, opened.offset + 1) ? 'early' : 'doubtful';
}

function endsLine(text: string, offset: number): boolean {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at += 1;
  return text[at] === '\n';
}

/**
 * Where an opened bracket is to be closed by the indentation of the lines below it: behind the
 * last line that is indented deeper than its own, before the comma there.
 */
export function endByIndentation(text: string, { offset, indent }: Opened): number | undefined {
  let end = lineEndAt(text, offset);
  for (let next = end + 1; next < text.length;) {
    const lineEnd = lineEndAt(text, next);
    const line = text.slice(next, lineEnd);
    const isBlank = line.trim() === '';
    if (!isBlank && line.length - line.trimStart().length <= indent) {
      const content = text.slice(offset, end).trimEnd();
      return offset + content.length - (content.endsWith(',') ? 1 : 0);
    }
    if (!isBlank) end = lineEnd;
    next = lineEnd + 1;
  }
  return undefined;
}

function lineEndAt(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

/**
 * Whether it can be told which of the opened brackets is the one that is not closed, as its closing
 * bracket belongs: an object straight in an object, or a list in a list, hides it, unless its
 * lines are indented as they are nested.
 */
export class Nesting {
  #isDoubtful = false;
  #suspect: Opened | undefined;

  /** Takes note of a pair that was closed inside `parent`. */
  close(opened: Opened, parent: Opened | undefined, end: End): void {
    if (parent?.mark !== opened.mark || !opened.hasComma) return;
    if (end.line === opened.line && parent.line !== opened.line) return;
    if (end.line !== opened.line && end.isFirstOnLine) {
      if (end.indent === opened.indent) return;
      this.#suspect ??= end.indent < opened.indent ? opened : undefined;
    }
    this.#isDoubtful = true;
  }

  /** The suspect was told of: what comes is judged anew. */
  clear(): void {
    this.#suspect = undefined;
    this.#isDoubtful = false;
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** An opened bracket that, by the indentation, was closed by a bracket meant for another one. */
  get suspect(): Opened | undefined {
    return this.#suspect;
  }
}

import type { TextEdit } from '../edit.ts';
import type { Range } from '../position.ts';

/** The syntax errors that are told apart. */
export type SlipKind =
  // The text as a whole.
  | 'empty'
  | 'utf-16'
  | 'yaml'
  | 'manifest'
  | 'not-json'
  | 'wrapped-in-quotes'
  | 'block-scalar'
  | 'code-fence'
  | 'diff-marker'
  | 'conflict-marker'
  | 'line-number'
  | 'quoted-line'
  | 'leading-text'
  | 'trailing-text'
  | 'several-documents'
  | 'cut-off'
  // Characters and words of another notation.
  | 'single-quotes'
  | 'smart-quotes'
  | 'full-width-quotes'
  | 'backticks'
  | 'doubled-quotes'
  | 'escaped-json'
  | 'html-entity'
  | 'html-tag'
  | 'full-width'
  | 'semicolon'
  | 'equals-sign'
  | 'odd-space'
  | 'comment'
  | 'placeholder'
  | 'ellipsis'
  | 'unquoted-name'
  | 'unquoted-text'
  | 'constant'
  | 'number'
  // Inside strings.
  | 'control-character'
  | 'line-break'
  | 'invalid-escape'
  | 'unterminated-string'
  | 'missing-opening-quote'
  | 'unescaped-quote'
  | 'extra-quote'
  | 'mark-in-quotes'
  // Slips of a finger outside strings.
  | 'swapped-characters'
  | 'stray-text'
  // Commas, colons and brackets.
  | 'trailing-comma'
  | 'missing-comma'
  | 'extra-comma'
  | 'missing-colon'
  | 'extra-colon'
  | 'missing-value'
  | 'missing-name'
  | 'missing-opening-bracket'
  | 'missing-closing-bracket'
  | 'extra-bracket'
  | 'mismatched-bracket'
  | 'unexpected-token';

/** `line 4, column 5`. */
export type PlaceWords = (offset: number) => string;

/** Fixed words, or words that name places of the text. */
export type Words = string | ((place: PlaceWords) => string);

/** One syntax error. Its words quote nothing of the text. */
export interface Slip {
  readonly kind: SlipKind;
  readonly at: Range;
  readonly message: Words;
  readonly fix: Words;
  /** What to write in place of what `at` marks. */
  readonly paste?: string;
  /** What mends it, where that is certain. */
  readonly edits?: readonly TextEdit[];
}

/** More are not looked for: a text with so many is no JSON with slips. */
export const MAX_SLIPS = 1000;

/** A text that needs more edits is hostile, or no JSON in the first place. */
export const MAX_EDITS = 5000;

/** The syntax errors of one text, as they are found. */
export class SlipList {
  readonly slips: Slip[] = [];

  get isFull(): boolean {
    return this.slips.length >= MAX_SLIPS;
  }

  add(slip: Slip): void {
    if (!this.isFull) this.slips.push(slip);
  }
}

export const range = (start: number, end: number): Range => ({
  offset: start,
  length: end - start,
});

export const replacing = (start: number, end: number, text: string): TextEdit => ({
  offset: start,
  length: end - start,
  text,
});

export const inserting = (offset: number, text: string): TextEdit => ({ offset, length: 0, text });

export const removing = (start: number, end: number): TextEdit => replacing(start, end, '');

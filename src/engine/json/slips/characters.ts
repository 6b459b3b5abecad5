import type { Slip, SlipKind } from './slip.ts';

/** Characters of other notations that people's keyboards, editors and web pages put into JSON. */

/** A comma, colon or bracket written in another way. */
export interface OddMark extends Pick<Slip, 'message' | 'fix'> {
  readonly kind: SlipKind;
  readonly mark: ',' | ':' | '{' | '}' | '[' | ']';
}

/** `U+FF0C`. */
export const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function fullWidth(character: string, mark: OddMark['mark'], name: string): [string, OddMark] {
  return [
    character,
    {
      kind: 'full-width',
      mark,
      message: `${name} (${codePoint(character)}) instead of ${mark}`,
      fix: `write ${mark} instead`,
    },
  ];
}

const FULL_WIDTH_MARKS: ReadonlyMap<string, OddMark> = new Map([
  fullWidth('\uff0c', ',', 'full-width comma'),
  fullWidth('\ufe50', ',', 'small comma'),
  fullWidth('\uff64', ',', 'half-width ideographic comma'),
  fullWidth('\u3001', ',', 'ideographic (Chinese) comma'),
  fullWidth('\u060c', ',', 'Arabic comma'),
  fullWidth('\uff1b', ',', 'full-width semicolon'),
  fullWidth('\uff1a', ':', 'full-width colon'),
  fullWidth('\ufe55', ':', 'small colon'),
  fullWidth('\ufe30', ':', 'vertical colon'),
  fullWidth('\u2236', ':', 'ratio sign'),
  fullWidth('\uff1d', ':', 'full-width equals sign'),
  fullWidth('\uff5b', '{', 'full-width opening brace'),
  fullWidth('\uff5d', '}', 'full-width closing brace'),
  fullWidth('\uff3b', '[', 'full-width opening bracket'),
  fullWidth('\uff3d', ']', 'full-width closing bracket'),
  fullWidth('\u3010', '[', 'Chinese opening bracket'),
  fullWidth('\u3011', ']', 'Chinese closing bracket'),
]);

const EQUALS: OddMark = {
  kind: 'equals-sign',
  mark: ':',
  message: 'equals sign or arrow instead of a colon',
  fix: 'write : instead',
};

const SEMICOLON: OddMark = {
  kind: 'semicolon',
  mark: ',',
  message: 'semicolon instead of a comma',
  fix: 'write , instead',
};

const ARROW = /=>|==?|->|:=/y;

/** The odd mark at `at`, with its end. */
export function oddMarkAt(text: string, at: number): { odd: OddMark; end: number } | undefined {
  const character = text.charAt(at);
  if (character === ';') return { odd: SEMICOLON, end: at + 1 };
  ARROW.lastIndex = at;
  const arrow = ARROW.exec(text)?.[0];
  if (arrow !== undefined) return { odd: EQUALS, end: at + arrow.length };
  const odd = FULL_WIDTH_MARKS.get(character);
  return odd && { odd, end: at + 1 };
}

/** All full-width marks, for character classes. */
export const FULL_WIDTH = [...FULL_WIDTH_MARKS.keys()].join('');

const ZERO_WIDTH = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u0084\u0086-\u009f]/;
// eslint-disable-next-line no-control-regex
const ANSI_COLOUR = /\u001b\[[0-9;]*[A-Za-z]/y;

const SPACE_NAMES: Readonly<Record<string, string>> = {
  '\u00a0': 'non-breaking space',
  '\u202f': 'narrow non-breaking space',
  '\u3000': 'full-width (ideographic) space',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u2060': 'zero-width word joiner',
  '\u00ad': 'soft hyphen',
  '\u2028': 'line separator',
  '\u2029': 'paragraph separator',
  '\u0085': 'next-line character',
  '\u000b': 'vertical tab',
  '\u000c': 'form feed',
};

/** An odd blank or invisible character outside strings, with its end and what may stand for it. */
export interface OddSpace extends Pick<Slip, 'kind' | 'message' | 'fix'> {
  readonly end: number;
  readonly text: '' | ' ' | '\n';
}

/** The run of one odd blank or invisible character at `at`. */
export function oddSpaceAt(text: string, at: number): OddSpace | undefined {
  const character = text.charAt(at);
  ANSI_COLOUR.lastIndex = at;
  const colour = ANSI_COLOUR.exec(text)?.[0];
  if (colour !== undefined) {
    return {
      kind: 'control-character',
      message: 'control characters of a coloured terminal (U+001B) stand outside strings',
      fix: 'remove them',
      end: at + colour.length,
      text: '',
    };
  }
  const isBlank = /\s/.test(character) && character !== '\ufeff';
  if (!isBlank && !ZERO_WIDTH.test(character) && !CONTROL.test(character)) return undefined;
  let end = at + 1;
  while (text[end] === character) end += 1;
  return { ...spaceWords(character, isBlank), end, text: isBlank ? ' ' : '' };
}

function spaceWords(
  character: string,
  isBlank: boolean,
): Pick<OddSpace, 'kind' | 'message' | 'fix'> {
  const name = SPACE_NAMES[character];
  const code = codePoint(character);
  if (character === '\ufeff') {
    return {
      kind: 'odd-space',
      message: `byte-order mark (BOM, ${code}), which Go refuses`,
      fix: 'remove it: save the text as UTF-8 without a byte-order mark',
    };
  }
  if (isBlank) {
    return {
      kind: 'odd-space',
      message: `${name ?? 'odd space'} (${code}) instead of a plain space`,
      fix: 'replace it by a space',
    };
  }
  if (ZERO_WIDTH.test(character)) {
    return {
      kind: 'odd-space',
      message: `${name ?? 'invisible character'} (${code}) outside strings`,
      fix: 'remove it; it is invisible, so delete and type anew what stands around it',
    };
  }
  return {
    kind: 'control-character',
    message: `control character ${code} outside strings`,
    fix: 'remove it',
  };
}

import type { SlipKind } from '../../../../src/engine/json/slips/slip.ts';
import { type JsonToken } from '../../../support/json-tokens.ts';

/** Ways in which hands slip, each at every place of a document where it can happen. */

/** A text with a slip in it. */
export interface Slipped {
  readonly text: string;
  /** Where it is to be told. */
  readonly at: number;
  /** What the edits make of it; absent where that is what it was before. */
  readonly meant?: string;
}

export interface SlipMaker {
  readonly kind: SlipKind;
  /** All places where a hand can slip in this way. */
  make(text: string, tokens: readonly JsonToken[]): Slipped[];
}

export const replaced = (
  text: string,
  { start, end }: Pick<JsonToken, 'start' | 'end'>,
  by: string,
) => text.slice(0, start) + by + text.slice(end);

/** A slip in one token. */
const inToken = (
  kind: SlipKind,
  matches: (token: JsonToken, text: string) => boolean,
  change: (source: string) => string,
  options: { meant?: (source: string) => string; shift?: (source: string) => number } = {},
): SlipMaker => ({
  kind,
  make: (text, tokens) =>
    tokens
      .filter((token) => matches(token, text))
      .map((token) => ({
        text: replaced(text, token, change(token.source)),
        at: token.start + (options.shift?.(token.source) ?? 0),
        ...(options.meant ? { meant: replaced(text, token, options.meant(token.source)) } : {}),
      })),
});

const isString = ({ kind }: JsonToken) => kind === 'name' || kind === 'text';
/** What no quote, bracket or separator stands in. */
const isPlain = (token: JsonToken) => isString(token) && /^"[\w./-]*\w"$/.test(token.source);
const isMark = (mark: string) => (token: JsonToken) => token.kind === mark;
const isWholeNumber = ({ kind, source }: JsonToken) => kind === 'number' && /^\d+$/.test(source);
const inside = (source: string) => source.slice(1, -1);
const isAtLineEnd = ({ end }: JsonToken, text: string) => /^,?\r?(?:\n|$)/.test(text.slice(end));

/** Something put in behind a token, at the place where it is told. */
const behindToken = (
  kind: SlipKind,
  matches: (token: JsonToken, next: JsonToken | undefined, text: string) => boolean,
  added: string,
  shift = 0,
): SlipMaker => ({
  kind,
  make: (text, tokens) =>
    tokens.flatMap((token, index) =>
      matches(token, tokens[index + 1], text)
        ? [
            {
              text: text.slice(0, token.end) + added + text.slice(token.end),
              at: token.end + shift,
            },
          ]
        : [],
    ),
});

const anywhere = () => true;
const closes = (token: JsonToken | undefined) => token?.kind === '}' || token?.kind === ']';
const opens = (token: JsonToken) => token.kind === '{' || token.kind === '[';

/** A slip in the text as a whole. */
const inText = (
  kind: SlipKind,
  change: (text: string) => string,
  at: (text: string) => number,
): SlipMaker => ({
  kind,
  make: (text) => [{ text: change(text), at: at(text) }],
});

const eachLine = (text: string, change: (line: string, index: number) => string) =>
  text.trim().split(/\r?\n/).map(change).join('\n');

export const MAKERS: Readonly<Record<string, SlipMaker>> = {
  // Commas, colons and brackets.
  'a trailing comma': behindToken(
    'trailing-comma',
    (token, next) => closes(next) && !opens(token) && token.kind !== ',',
    ',',
  ),
  'a trailing comma behind a blank': behindToken(
    'trailing-comma',
    (token, next) => closes(next) && !opens(token),
    ' ,',
    1,
  ),
  'a missing comma': {
    kind: 'missing-comma',
    make: (text, tokens) =>
      tokens.flatMap((token, index) => {
        const before = tokens[index - 1];
        if (token.kind !== ',' || !before) return [];
        return [{ text: replaced(text, token, ' '), at: before.end }];
      }),
  },
  'a double comma': behindToken('extra-comma', isMark(','), ','),
  'a comma first': behindToken('extra-comma', opens, ','),
  'a missing colon': {
    kind: 'missing-colon',
    make: (text, tokens) =>
      tokens.flatMap((token, index) =>
        token.kind === ':' && tokens[index - 1]
          ? [{ text: replaced(text, token, ' '), at: tokens[index - 1]!.end }]
          : [],
      ),
  },
  'a double colon': behindToken('extra-colon', isMark(':'), ':'),
  'an equals sign': inToken('equals-sign', isMark(':'), () => '='),
  'an arrow': inToken('equals-sign', isMark(':'), () => ' =>', { shift: () => 1 }),
  'a semicolon': inToken('semicolon', isMark(','), () => ';'),
  'a semicolon at the end': {
    kind: 'trailing-comma',
    make: (text) => [{ text: `${text.trimEnd()};`, at: text.trimEnd().length }],
  },
  'a full-width comma': inToken('full-width', isMark(','), () => '\uff0c'),
  'a full-width colon': inToken('full-width', isMark(':'), () => '\uff1a'),
  'a full-width brace': inToken('full-width', isMark('{'), () => '\uff5b'),
  'a full-width closing brace': inToken('full-width', isMark('}'), () => '\uff5d'),
  'a full-width bracket': inToken('full-width', isMark('['), () => '\uff3b'),
  'the last brace missing': {
    kind: 'missing-closing-bracket',
    make: (text, tokens) => {
      const before = tokens.at(-2);
      // A brace in a brace leaves open which one is missing.
      if (!before || tokens.some((token, index) => opens(token) && index > 0)) return [];
      return [{ text: text.trimEnd().slice(0, -1), at: before.end }];
    },
  },
  'an extra brace at the end': {
    kind: 'extra-bracket',
    make: (text) => [{ text: `${text.trimEnd()}}`, at: text.trimEnd().length }],
  },
  'a bracket for a brace': inToken(
    'mismatched-bracket',
    (token, text) => token.kind === '}' && token.end !== text.trimEnd().length,
    () => ']',
  ),
  'the braces around it missing': {
    kind: 'missing-opening-bracket',
    make: (text, tokens) => {
      const value = tokens[3];
      if (!tokens[1] || !tokens.some(({ kind }) => kind === ',') || value?.kind === '{') return [];
      return [{ text: text.trim().slice(1, -1), at: tokens[1].start - 1 }];
    },
  },

  // Quotes.
  'single quotes': inToken('single-quotes', isPlain, (source) => `'${inside(source)}'`),
  'smart quotes': inToken('smart-quotes', isPlain, (source) => `\u201c${inside(source)}\u201d`),
  'smart single quotes': inToken(
    'smart-quotes',
    isPlain,
    (source) => `\u2018${inside(source)}\u2019`,
  ),
  'a smart quote at the beginning': inToken(
    'smart-quotes',
    isPlain,
    (source) => `\u201d${source.slice(1)}`,
  ),
  'full-width quotes': inToken(
    'full-width-quotes',
    isPlain,
    (source) => `\uff02${inside(source)}\uff02`,
  ),
  backticks: inToken('backticks', isPlain, (source) => `\`${inside(source)}\``),
  'escaped quotes': inToken('escaped-json', isPlain, (source) => `\\"${inside(source)}\\"`),
  '&quot;': inToken('html-entity', isPlain, (source) => `&quot;${inside(source)}&quot;`),
  '&#34;': inToken('html-entity', isPlain, (source) => `&#34;${inside(source)}&#34;`),
  'an unquoted name': inToken('unquoted-name', (token) => token.kind === 'name', inside),
  'an unquoted text': inToken(
    'unquoted-text',
    (token) => token.kind === 'text' && isPlain(token) && /[a-z]{3}|\d\.\d+\./i.test(token.source),
    inside,
  ),
  'a missing closing quote': inToken(
    'unterminated-string',
    (token, text) =>
      token.kind === 'text' &&
      isPlain(token) &&
      isAtLineEnd(token, text) &&
      !text.trimEnd().endsWith(token.source),
    (source) => source.slice(0, -1),
  ),
  'a missing closing quote of a name': inToken(
    'unterminated-string',
    (token, text) =>
      token.kind === 'name' &&
      isPlain(token) &&
      !/[",]/.test(text.slice(token.end).split('\n')[0]!.replace(/,\r?$/, '')),
    (source) => source.slice(0, -1),
  ),
  'a missing opening quote': inToken('missing-opening-quote', isPlain, (source) => source.slice(1)),

  // Inside strings.
  'a tab in a string': inToken('control-character', isPlain, (source) => `"\t${source.slice(1)}`, {
    meant: (source) => `"\\t${source.slice(1)}`,
    shift: () => 1,
  }),
  'a NUL in a string': inToken('control-character', isPlain, (source) => `"\0${source.slice(1)}`, {
    meant: (source) => `"\\u0000${source.slice(1)}`,
    shift: () => 1,
  }),
  'a carriage return in a string': inToken(
    'control-character',
    isPlain,
    (source) => `"\r${source.slice(1)}`,
    {
      meant: (source) => `"\\r${source.slice(1)}`,
      shift: () => 1,
    },
  ),
  'a lone backslash': inToken('invalid-escape', isPlain, (source) => `"\\d${source.slice(1)}`, {
    meant: (source) => `"\\\\d${source.slice(1)}`,
    shift: () => 1,
  }),
  'an escaped single quote': inToken(
    'invalid-escape',
    isPlain,
    (source) => `"\\'${source.slice(1)}`,
    {
      meant: (source) => `"'${source.slice(1)}`,
      shift: () => 1,
    },
  ),
  'a hexadecimal escape': inToken(
    'invalid-escape',
    isPlain,
    (source) => `"\\x41${source.slice(1)}`,
    {
      meant: (source) => `"A${source.slice(1)}`,
      shift: () => 1,
    },
  ),
  'a Windows path': inToken('invalid-escape', isPlain, () => '"C:\\temp\\new\\dir"', {
    meant: () => '"C:\\\\temp\\\\new\\\\dir"',
    shift: () => 12,
  }),
  'quotes in a string': inToken(
    'unescaped-quote',
    (token) => token.kind === 'text' && isPlain(token),
    (source) => `"a "b" ${source.slice(1)}`,
    { meant: (source) => `"a \\"b\\" ${source.slice(1)}` },
  ),

  // Words and numbers.
  True: inToken(
    'constant',
    ({ source }) => source === 'true',
    () => 'True',
  ),
  FALSE: inToken(
    'constant',
    ({ source }) => source === 'false',
    () => 'FALSE',
  ),
  None: inToken(
    'constant',
    ({ source }) => source === 'null',
    () => 'None',
  ),
  yes: inToken(
    'constant',
    ({ source }) => source === 'true',
    () => 'yes',
  ),
  off: inToken(
    'constant',
    ({ source }) => source === 'false',
    () => 'off',
  ),
  ture: inToken(
    'constant',
    ({ source }) => source === 'true',
    () => 'ture',
  ),
  'a plus sign': inToken('number', isWholeNumber, (source) => `+${source}`),
  'a leading zero': inToken(
    'number',
    (token) => isWholeNumber(token) && /[89]/.test(token.source),
    (source) => `0${source}`,
  ),
  'a point at the end': inToken('number', isWholeNumber, (source) => `${source}.`),
  hexadecimal: inToken('number', isWholeNumber, (source) => `0x${Number(source).toString(16)}`),
  'full-width digits': inToken('full-width', isWholeNumber, (source) =>
    source.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  ),

  // Between tokens.
  'a non-breaking space': behindToken('odd-space', anywhere, '\u00a0'),
  'a full-width space': behindToken('odd-space', anywhere, '\u3000'),
  'a zero-width space': behindToken('odd-space', anywhere, '\u200b'),
  'a comment': behindToken('comment', anywhere, '/* "a": 1, // { */'),
  'a line comment': behindToken('comment', (_, __, text) => text.includes('\n'), '// it\'s {"a"\n'),
  'a hash comment': behindToken('comment', anywhere, ' # "\n', 1),
  'an HTML tag': behindToken('html-tag', anywhere, '<br/>'),
  'a byte-order mark': inText(
    'odd-space',
    (text) => `\ufeff${text}`,
    () => 0,
  ),

  // Around the document and at the beginning of lines.
  'a code fence': inText(
    'code-fence',
    (text) => `\`\`\`json\n${text}\n\`\`\`\n`,
    () => 0,
  ),
  'a tilde fence': inText(
    'code-fence',
    (text) => `~~~\n${text}\n~~~`,
    () => 0,
  ),
  'a block indicator': inText(
    'block-scalar',
    (text) => `|-\n${text}`,
    () => 0,
  ),
  'a key and a block indicator': inText(
    'block-scalar',
    (text) => `10-terway.conflist: |\n${text}`,
    () => 0,
  ),
  'quotes for a shell': inText(
    'wrapped-in-quotes',
    (text) => `'${text}'`,
    () => 0,
  ),
  'a JavaScript variable': inText(
    'leading-text',
    (text) => `const chain = ${text}`,
    () => 0,
  ),
  'line numbers': inText(
    'line-number',
    (text) => eachLine(`${text}\n`, (line, index) => `${index + 1}: ${line}`),
    () => 0,
  ),
  'mail quotes': inText(
    'quoted-line',
    (text) => eachLine(text, (line) => `> ${line}`),
    () => 0,
  ),
  'a diff': inText(
    'diff-marker',
    (text) => eachLine(text, (line) => `+${line}`),
    () => 0,
  ),
  'UTF-16': inText(
    'utf-16',
    (text) => Array.from(text, (unit) => `${unit}\0`).join(''),
    () => 0,
  ),
};

import { distance } from 'fastest-levenshtein';
import type { Slip } from './slip.ts';

/** Words without quotes that stand where a JSON value belongs. */

/** What is wrong with a word; `json` is what it stands for, where that is certain. */
export interface WordSlip extends Pick<Slip, 'kind' | 'message' | 'fix'> {
  readonly json?: string;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS = ['true', 'false', 'null'];

export const isJsonWord = (word: string): boolean => LITERALS.includes(word) || NUMBER.test(word);

const CAPITALS = {
  kind: 'constant',
  message: 'True, False, None or NULL (Python and others) instead of true, false and null',
  fix: 'write true, false or null, in lower case',
} as const;

const YAML_BOOLEAN = {
  kind: 'constant',
  message: 'yes, no, on or off (YAML) instead of true and false',
  fix: 'write true or false; if a text is meant, put it in double quotes',
} as const;

const UNDEFINED = {
  kind: 'constant',
  message: 'undefined (JavaScript), which JSON does not have',
  fix: 'remove the member, or write null',
} as const;

const NOT_FINITE = {
  kind: 'constant',
  message: 'NaN or Infinity, which JSON does not have',
  fix: 'write a finite number, or remove the member',
} as const;

const CONSTANTS: ReadonlyMap<string, WordSlip> = new Map<string, WordSlip>([
  ...[...LITERALS, 'none', 'nil'].map((word): [string, WordSlip] => [
    word,
    { ...CAPITALS, json: LITERALS.includes(word) ? word : 'null' },
  ]),
  ...['yes', 'on'].map((word): [string, WordSlip] => [word, { ...YAML_BOOLEAN, json: 'true' }]),
  ...['no', 'off'].map((word): [string, WordSlip] => [word, { ...YAML_BOOLEAN, json: 'false' }]),
  ['undefined', UNDEFINED],
  ...['nan', '.nan', 'inf', '+inf', '-inf', '.inf', '-.inf'].map((word): [string, WordSlip] => [
    word,
    NOT_FINITE,
  ]),
  ...['infinity', '+infinity', '-infinity'].map((word): [string, WordSlip] => [word, NOT_FINITE]),
]);

const UNQUOTED_TEXT = {
  kind: 'unquoted-text',
  message: 'unquoted text: double quotes are missing around it',
  fix: 'put double quotes around it',
} as const;

/** What is wrong with a word in the place of a value; undefined for JSON's own words and numbers. */
export function wordSlip(word: string): WordSlip | undefined {
  if (isJsonWord(word)) return undefined;
  const slip = CONSTANTS.get(word.toLowerCase()) ?? numberSlip(word) ?? misspelt(word);
  if (slip) return slip;
  if (/^[$%@]\w+[@%]?$/.test(word)) {
    return {
      kind: 'placeholder',
      message: 'template placeholder that was not filled in',
      fix: 'put the value in its place, as JSON; or render the template before it is applied',
    };
  }
  return /[\p{L}\p{N}]/u.test(word) ? { ...UNQUOTED_TEXT, json: JSON.stringify(word) } : UNEXPECTED;
}

const UNEXPECTED = {
  kind: 'unexpected-token',
  message: 'unexpected token: a sign that JSON has inside strings only',
  fix: 'remove it, or put double quotes around it if it is part of a text',
} as const;

/** Numbers as people or other languages write them. */
const NUMBERS: readonly {
  readonly pattern: RegExp;
  readonly message: string;
  readonly fix: string;
  readonly json?: (word: string) => string | undefined;
}[] = [
  {
    pattern: /^\+(?=[\d.])/,
    message: 'plus sign before a number',
    fix: 'remove the plus sign',
    json: (word) => plain(word.slice(1)),
  },
  {
    pattern: /^[\u2010-\u2015\u2212\uff0d](?=\d)[^a-z]*$/,
    message: 'dash instead of a minus sign before a number',
    fix: 'write a plain minus sign (-)',
    json: (word) => plain(`-${word.slice(1)}`),
  },
  {
    pattern: /^-?0x[\da-f]+$/i,
    message: 'hexadecimal number instead of a decimal one',
    fix: 'write it as a decimal number',
    json: fromOtherBase,
  },
  {
    pattern: /^-?0[ob][0-7]+$/i,
    message: 'octal or binary number instead of a decimal one',
    fix: 'write it as a decimal number',
    json: fromOtherBase,
  },
  {
    pattern: /^-?0[0-7]{2,}$/,
    message: 'leading zero in a number, which is octal in YAML and C, and not allowed in JSON',
    fix: 'remove the zeros if the number is decimal; write it in decimal if it is octal',
  },
  {
    pattern: /^-?0\d+(?:\.\d+)?$/,
    message: 'leading zero in a number',
    fix: 'remove the zeros before the number',
    json: (word) => plain(word.replace(/^(-?)0+(?=\d)/, '$1')),
  },
  {
    pattern: /^-?\.\d+(?:e[+-]?\d+)?$/i,
    message: 'number that begins with a decimal point',
    fix: 'write a 0 before the point',
    json: (word) => plain(word.replace('.', '0.')),
  },
  {
    pattern: /^-?\d+\.(?:e[+-]?\d+)?$/i,
    message: 'number that ends in a decimal point',
    fix: 'remove the point',
    json: (word) => plain(word.replace('.', '')),
  },
  {
    pattern: /^-?\d+(?:_\d+)+$/,
    message: 'number with underscores',
    fix: 'remove the underscores',
    json: (word) => plain(word.replaceAll('_', '')),
  },
  {
    pattern: /^(?:-|-?\d+(?:\.\d+)?e[+-]?)$/i,
    message: 'incomplete number: digits are missing at its end',
    fix: 'write the missing digits',
  },
];

function numberSlip(word: string): WordSlip | undefined {
  for (const { pattern, message, fix, json } of NUMBERS) {
    if (!pattern.test(word)) continue;
    const value = json?.(word);
    // What is no number after all, such as +1.2.3, is a text.
    if (json && value === undefined) return undefined;
    return { kind: 'number', message, fix, ...(value === undefined ? {} : { json: value }) };
  }
  const narrow = word.normalize('NFKC');
  if (narrow === word || !isJsonWord(narrow)) return undefined;
  return {
    kind: 'full-width',
    message: 'full-width digits or letters instead of plain ones',
    fix: 'write plain digits and letters instead',
    json: narrow,
  };
}

const plain = (word: string) => (NUMBER.test(word) ? word : numberSlip(word)?.json);

function fromOtherBase(word: string): string | undefined {
  const value = Number(word.replace(/^-/, ''));
  if (!Number.isSafeInteger(value)) return undefined;
  return word.startsWith('-') ? `-${value}` : String(value);
}

/** `ture`, `fasle`, `nul`: one letter off, or letters in another order. */
function misspelt(word: string): WordSlip | undefined {
  if (word.length < 3 || word.length > 6) return undefined;
  const sorted = sortedLetters(word);
  const literal = LITERALS.find(
    (one) => distance(word, one) === 1 || sorted === sortedLetters(one),
  );
  if (literal === undefined) return undefined;
  return {
    kind: 'constant',
    message: 'misspelt true, false or null',
    fix: 'write true, false or null; if a text is meant, put it in double quotes',
    json: literal,
  };
}

const sortedLetters = (word: string) => Array.from(word).sort().join('');

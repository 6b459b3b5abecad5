import { FULL_WIDTH } from './characters.ts';
import type { Slip } from './slip.ts';

/** Strings in other quotes than JSON's. */

export interface QuotedText extends Pick<Slip, 'kind' | 'message' | 'fix'> {
  /** Undefined where the closing quote is missing on the line. */
  readonly end: number | undefined;
  /** The same text as JSON writes it. */
  readonly json: string;
}

interface QuoteStyle extends Pick<Slip, 'kind' | 'message' | 'fix'> {
  /** Sticky. */
  readonly opener: RegExp;
  /** Global: closing quotes, and escapes that hide one. A line end comes first where none is found. */
  readonly closer: RegExp;
  readonly decode?: (content: string) => string;
}

const DOUBLE =
  '\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u301d\u301e\u301f\u2033';
const SINGLE = '\u2018\u2019\u201a\u201b\u2032\u00b4\u2039\u203a';
const FULL_DOUBLE = '\uff02';
const FULL_SINGLE = '\uff07';

/** Every character that is taken for a quote, but for JSON's own, for character classes. */
export const ODD_QUOTES = `'\`${DOUBLE}${SINGLE}${FULL_DOUBLE}${FULL_SINGLE}`;

const SMART = {
  kind: 'smart-quotes',
  message: 'smart quotes (curly or typographic, such as U+201C) instead of plain double quotes',
  fix: 'write plain double quotes (") instead',
} as const;

const ENTITY = String.raw`&(?:amp;)?(?:quot|ldquo|rdquo|apos|#0*34|#0*39|#x0*22|#x0*27);`;

const STYLES: readonly QuoteStyle[] = [
  {
    kind: 'single-quotes',
    message: 'single quotes instead of double quotes',
    fix: 'write double quotes (") instead',
    opener: /'/y,
    closer: /'|\\.|\n/g,
  },
  {
    kind: 'backticks',
    message: 'backticks instead of double quotes',
    fix: 'write double quotes (") instead',
    opener: /`/y,
    closer: /`|\\.|\n/g,
  },
  {
    ...SMART,
    opener: new RegExp(`[${DOUBLE}]`, 'y'),
    closer: new RegExp(String.raw`[${DOUBLE}${FULL_DOUBLE}"]|\\.|\n`, 'g'),
  },
  {
    ...SMART,
    opener: new RegExp(`[${SINGLE}]`, 'y'),
    closer: new RegExp(String.raw`[${SINGLE}${FULL_SINGLE}']|\\.|\n`, 'g'),
  },
  {
    kind: 'full-width-quotes',
    message: 'full-width quotes (such as U+FF02) instead of plain double quotes',
    fix: 'write plain double quotes (") instead',
    opener: new RegExp(`[${FULL_DOUBLE}${FULL_SINGLE}]`, 'y'),
    closer: new RegExp(String.raw`[${FULL_DOUBLE}${FULL_SINGLE}${DOUBLE}"]|\\.|\n`, 'g'),
  },
  {
    kind: 'html-entity',
    message: 'HTML entities (&quot;) instead of double quotes',
    fix: 'write double quotes (") instead of each &quot;',
    opener: new RegExp(ENTITY, 'y'),
    closer: new RegExp(String.raw`${ENTITY}|"|\\.|\n`, 'g'),
    decode: decodeEntities,
  },
  {
    kind: 'escaped-json',
    message: String.raw`escaped JSON: backslashes before the double quotes (\")`,
    fix: 'remove the backslashes before the quotes',
    opener: /\\+"/y,
    closer: /\\+"|"|\n/g,
    decode: (content) => content.replace(/\\(["\\/])/g, '$1'),
  },
  {
    kind: 'doubled-quotes',
    message: 'doubled double quotes (""), as CSV has them, instead of single ones',
    fix: 'write one double quote (") instead of two',
    opener: /""(?=[\w./-])/y,
    closer: /""|"|\\.|\n/g,
  },
];

const OPENERS = new Set(Array.from(`${ODD_QUOTES}&\\`));

/** The text in odd quotes that begins at `at`. */
export function oddlyQuotedAt(text: string, at: number): QuotedText | undefined {
  const first = text.charAt(at);
  // Most strings are in JSON's own quotes.
  if (first === '"' ? text[at + 1] !== '"' : !OPENERS.has(first)) return undefined;
  for (const { opener, closer, decode, kind, message, fix } of STYLES) {
    opener.lastIndex = at;
    const opening = opener.exec(text)?.[0];
    if (opening === undefined) continue;
    const start = at + opening.length;
    const closing = closingQuote(text, start, closer, opening);
    const words = { kind, message, fix };
    // Two quotes before a word are an empty string as well, if nothing closes what begins there.
    if (!closing && kind === 'doubled-quotes') return undefined;
    if (!closing) return { ...words, end: undefined, json: '' };
    const content = text.slice(start, closing.offset);
    return { ...words, end: closing.end, json: `"${jsonBody(decode?.(content) ?? content)}"` };
  }
  return undefined;
}

function closingQuote(text: string, start: number, closer: RegExp, opening: string) {
  closer.lastIndex = start;
  for (let match = closer.exec(text); match; match = closer.exec(text)) {
    const [found] = match;
    if (found === '\n') return undefined;
    if (opening.startsWith('\\')) {
      if (found.length > opening.length) continue;
    } else if (found.startsWith('\\')) {
      continue;
    } else if (opening === '""' && found === '"') {
      return undefined;
    }
    return { offset: match.index, end: match.index + found.length };
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  ldquo: '"',
  rdquo: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
};

function decodeEntities(content: string): string {
  return content.replace(/&(?:amp;)?(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

/** The inside of a JSON string that means what another notation's string means. */
function jsonBody(content: string): string {
  return content.replace(
    // eslint-disable-next-line no-control-regex
    /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\'|\\`|\\|"|[\u0000-\u001f]/g,
    (part) => {
      if (part.length > 2 || /^\\["\\/bfnrt]$/.test(part)) return part;
      if (part.length === 2) return part.slice(1);
      return JSON.stringify(part).slice(1, -1);
    },
  );
}

/** A closing quote of another notation at the end of a text that JSON's quote opened. */
export const endsInOddQuote = (content: string): boolean =>
  content !== '' && ODD_QUOTES.includes(content.slice(-1));

export const SMART_WORDS: Pick<Slip, 'kind' | 'message' | 'fix'> = SMART;

/** What ends a word without quotes, for character classes; white space aside. */
export const WORD_ENDS = String.raw`,:;={}\[\]"${ODD_QUOTES}${FULL_WIDTH}`;

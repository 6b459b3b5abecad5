import { CODE_LENGTHS, ESCAPES } from '../engine/json/yaml/escapes.ts';
import { PieceList } from './text-map.ts';

/**
 * Decodes plain, single and double quoted scalars of YAML, which JSON strings are a part of, with
 * the place of each character. Source: YAML 1.2.2, chapter 7.3.
 */

const LINE_BREAKS = /[ \t]*(\r?\n[ \t]*)+/y;
const ESCAPED_BREAK = /\\\r?\n[ \t]*/y;
const SPACES = /[ \t]+/y;
const ORDINARY = /[^\\'" \t\r\n]+/y;

export type FlowStyle = 'plain' | 'single' | 'double';

/** `source` is the file; the scalar stands in it from `start` to `end`, quotes not included. */
export function decodeFlow(
  source: string,
  start: number,
  end: number,
  style: FlowStyle,
): PieceList {
  const list = new PieceList();
  let at = start;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    return found !== undefined && at + found.length <= end ? found : undefined;
  };
  while (at < end) {
    const size = step(source, at, style, match, list);
    at += size;
  }
  return list;
}

/** Decodes what stands at `at`; how many characters of the file that is. */
function step(
  source: string,
  at: number,
  style: FlowStyle,
  match: (pattern: RegExp) => string | undefined,
  list: PieceList,
): number {
  const breaks = match(LINE_BREAKS);
  if (breaks !== undefined) {
    const lines = breaks.split('\n').length - 1;
    list.add(lines === 1 ? ' ' : '\n'.repeat(lines - 1), at, breaks.length);
    return breaks.length;
  }
  if (style === 'double' && source[at] === '\\') return decodeEscape(source, at, match, list);
  if (style === 'single' && source.startsWith("''", at)) {
    list.add("'", at, 2);
    return 2;
  }
  const characters = match(SPACES) ?? match(ORDINARY) ?? source.charAt(at);
  list.copy(characters, at);
  return characters.length;
}

function decodeEscape(
  source: string,
  at: number,
  match: (pattern: RegExp) => string | undefined,
  list: PieceList,
): number {
  const joined = match(ESCAPED_BREAK);
  if (joined !== undefined) return joined.length;
  const letter = source.charAt(at + 1);
  const digits = CODE_LENGTHS[letter];
  if (digits === undefined) {
    list.add(ESCAPES[letter] ?? letter, at, 2);
    return 2;
  }
  const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
  // A code beyond Unicode makes a text unlike the parser's, so that the map is not used.
  const isCode = code <= 0x10ffff;
  list.add(isCode ? String.fromCodePoint(code) : '\ufffd', at, 2 + digits);
  return 2 + digits;
}

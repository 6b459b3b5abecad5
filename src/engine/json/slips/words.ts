import { WORD_ENDS } from './quotes.ts';

/** Where words without quotes end. */

const ENDS = new Set(Array.from(WORD_ENDS, (character) => character.charCodeAt(0)));

/**
 * Where the word ends that begins at `start`. In the value of a member, a colon or an equals sign
 * may be part of it: `http://a`, `fd00::1`, `abc==`.
 */
export function wordEnd(text: string, start: number, isValue: boolean): number {
  let at = start;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (isPlain(unit)) {
      at += 1;
      continue;
    }
    const next = text[at + 1] ?? ' ';
    if (Number.isNaN(unit) || isBlank(unit) || unit === 0x3c) return at;
    if (unit === 0x24 && next === '{') {
      const placeholder = /^\$\{[^}\s]*(?=\})/.exec(text.slice(at, at + 200))?.[0];
      if (placeholder === undefined) return at;
      at += placeholder.length;
    } else if (unit === 0x2f && (next === '/' || next === '*')) {
      if (next === '*' || text[at - 1] !== ':') return at;
      at += 1;
    } else if (ENDS.has(unit)) {
      const belongs =
        isValue &&
        ((unit === 0x3d && next !== '=' && next !== '>') ||
          (unit === 0x3a && !/[\s"'{[]/.test(next)));
      if (!belongs) return at;
    }
    at += 1;
  }
}

/** Letters, digits and what is in most words: a short way through them. */
const isPlain = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  unit === 0x5f ||
  unit === 0x2d ||
  unit === 0x2e;

/** White space of JSON and of other notations. */
function isBlank(unit: number): boolean {
  if (unit <= 0x20) return true;
  if (unit < 0x7f) return false;
  return (
    unit < 0xa1 ||
    unit === 0x3000 ||
    unit === 0xfeff ||
    (unit >= 0x2000 &&
      unit <= 0x206f &&
      /[\s\u200b-\u200f\u2060-\u2069]/.test(String.fromCharCode(unit)))
  );
}

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../engine/json/punctuation.ts';

/**
 * How many brackets and commas an AdmissionReview may have. Parsing costs time and memory by values,
 * far more than by bytes. A part is what one member of `request` holds, such as the new object: who
 * may write an object up to that size can't store one that no later review could carry beside it.
 * An eni-config of a thousand keys has some 4 000 a part, its managedFields included.
 */
export const MAX_STRUCTURE = { review: 50_000, part: 25_000, depth: 500 };

/** Members of `request` stand at this depth. */
const PART_DEPTH = 2;

/**
 * Whether a JSON text has more values, or nests deeper, than a review may; told without building any
 * of them, and of any text.
 */
export function isTooComplex(text: string): boolean {
  if (text.length <= MAX_STRUCTURE.part && hasFewOpenings(text, MAX_STRUCTURE.depth)) return false;
  let depth = 0;
  let total = 0;
  let part = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        total += 1;
        part = depth <= PART_DEPTH ? 0 : part + 1;
        break;
      case COMMA:
        total += 1;
        part = depth <= PART_DEPTH ? 0 : part + 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        continue;
      default:
        continue;
    }
    if (total > MAX_STRUCTURE.review || part > MAX_STRUCTURE.part || depth > MAX_STRUCTURE.depth) {
      return true;
    }
  }
  return false;
}

/** Whether a text has no more opening brackets than that, those in strings included. */
function hasFewOpenings(text: string, limit: number): boolean {
  let openings = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      openings += 1;
      if (openings > limit) return false;
    }
  }
  return true;
}

/** Where the quote stands that ends the string which holds `at`, or the end of the text. */
function endOfString(text: string, at: number): number {
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    at += unit === BACKSLASH ? 2 : 1;
  }
  return at;
}

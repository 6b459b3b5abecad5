import { hasTwins } from '../go-names.ts';
import { readStrictly } from '../reader.ts';
import { type Slip, type SlipKind, range, removing } from './slip.ts';

/** Longer texts are not read again and again. */
const MAX_LENGTH = 64 * 1024;

/** Marks that are tried, and how far before the failure they may stand. */
const MAX_TRIED = 16;
const MAX_DISTANCE = 500;
/** A mark inside a word stands behind the place where the word begins. */
const AHEAD = 6;

const STRAYS: Readonly<Record<string, readonly [kind: SlipKind, name: string]>> = {
  ',': ['extra-comma', 'comma'],
  ':': ['extra-colon', 'colon'],
  ';': ['semicolon', 'semicolon'],
  '{': ['extra-bracket', 'opening brace {'],
  '}': ['extra-bracket', 'closing brace }'],
  '[': ['extra-bracket', 'opening bracket ['],
  ']': ['extra-bracket', 'closing bracket ]'],
  '"': ['extra-quote', 'double quote'],
  "'": ['extra-quote', 'single quote'],
  '`': ['extra-quote', 'backtick'],
};

/**
 * The one mark, at the place where the strict reader gave up or not far before it, without which
 * the text is valid. One slip of the finger may look like several errors further on.
 */
export function strayMark(text: string, failedAt: number): Slip | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let tried = 0;
  for (let at = failedAt + AHEAD; at >= Math.max(0, failedAt - MAX_DISTANCE); at -= 1) {
    const stray = STRAYS[text.charAt(at)];
    if (!stray) continue;
    if (tried === MAX_TRIED) return undefined;
    tried += 1;
    const rest = text.slice(0, at) + text.slice(at + 1);
    const reading = readStrictly(rest);
    // Where a name stands twice then, the mark kept two objects apart.
    if ('failedAt' in reading || reading.objects.some(hasTwins)) continue;
    const [kind, name] = stray;
    return {
      kind,
      message: `extra ${name}: without it the text is valid`,
      fix: `remove this ${name}`,
      at: range(at, at + 1),
      edits: [removing(at, at + 1)],
    };
  }
  return undefined;
}

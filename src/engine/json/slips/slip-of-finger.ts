import { hasTwins } from '../go-names.ts';
import { readStrictly } from '../reader.ts';
import { type Slip, type SlipKind, range, removing, replacing } from './slip.ts';

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
 * The one slip of a finger, at the place where the strict reader gave up or not far before it, without
 * which the text is valid. Further on it may look like several errors. `isUnclear`: not for all of
 * these a remedy is known; only then other characters than marks are tried, as they may be meant.
 */
export function slipOfFinger(text: string, failedAt: number, isUnclear: boolean): Slip | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const mark = strayMark(text, failedAt);
  if (mark || !isUnclear) return mark;
  const swapped = swappedPair(text, failedAt);
  const stray = strayText(text, failedAt);
  return swapped && stray ? eitherOf(stray) : (swapped ?? stray);
}

/** `i"snat"`: whether the i belongs into the string can't be told. */
const eitherOf = ({ at }: Slip): Slip => ({
  kind: 'stray-text',
  message:
    'stray text beside a double quote: without it, or with it inside the quotes, the text is valid',
  fix: 'remove what is marked, or put it inside the double quotes',
  at,
});

/** Where a name stands twice afterwards, what was changed kept two objects apart. */
function isMended(text: string): boolean {
  const reading = readStrictly(text);
  return !('failedAt' in reading) && !reading.objects.some(hasTwins);
}

const without = (text: string, start: number, end: number) =>
  text.slice(0, start) + text.slice(end);

function strayMark(text: string, failedAt: number): Slip | undefined {
  let tried = 0;
  for (let at = failedAt + AHEAD; at >= Math.max(0, failedAt - MAX_DISTANCE); at -= 1) {
    const stray = STRAYS[text.charAt(at)];
    if (!stray) continue;
    if (tried === MAX_TRIED) return undefined;
    tried += 1;
    if (!isMended(without(text, at, at + 1))) continue;
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

/** Two neighbours of which one is a mark, typed in the wrong order: `"typ"e:`, `tru,e`. */
function swappedPair(text: string, failedAt: number): Slip | undefined {
  for (let at = Math.max(0, failedAt - 1); at < failedAt + AHEAD; at += 1) {
    const [first, second] = [text.charAt(at), text.charAt(at + 1)];
    if (first === second || !(first in STRAYS || second in STRAYS)) continue;
    const swapped = second + first;
    if (!isMended(text.slice(0, at) + swapped + text.slice(at + 2))) continue;
    return {
      kind: 'swapped-characters',
      message: 'two characters in the wrong order: swapped, the text is valid',
      fix: 'swap these two characters',
      at: range(at, at + 2),
      edits: [replacing(at, at + 2, swapped)],
    };
  }
  return undefined;
}

/** What an editor's command leaves behind, or another key than the one that was meant: `i"snat"`, `}:wq`. */
const STRAY_TEXT = /[^\s"{}[\],]{1,8}/y;

function strayText(text: string, failedAt: number): Slip | undefined {
  for (const [start, end] of strayRanges(text, failedAt)) {
    if (!isMended(without(text, start, end))) continue;
    return {
      kind: 'stray-text',
      message: 'stray text outside strings: without it the text is valid',
      fix: 'remove what is marked',
      at: range(start, end),
      edits: [removing(start, end)],
    };
  }
  return undefined;
}

/** A short word at the place of the failure or right before it, and a single character. */
function* strayRanges(text: string, failedAt: number): Generator<readonly [number, number]> {
  for (const start of [failedAt, failedAt - 1]) {
    STRAY_TEXT.lastIndex = start;
    const length = start < 0 ? 0 : (STRAY_TEXT.exec(text)?.[0].length ?? 0);
    if (length > 0) yield [start, start + length];
    if (length > 1) yield [start, start + 1];
  }
}

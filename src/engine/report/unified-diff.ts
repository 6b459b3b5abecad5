import { masked } from '../json/credentials.ts';
import { printable } from '../text/text.ts';

/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/** More lines on both sides than these are told as taken out and put in, without a closer look. */
const MAX_COMPARED = 2000;

interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The change of a file as `diff -u` prints it, for people and for `patch -p1`; empty for none.
 * Values of members that look like credentials are hidden, so such a diff is for people alone, unless
 * the caller has seen to that.
 */
export function unifiedDiff(
  file: string,
  before: string,
  after: string,
  { hidesCredentials = true } = {},
): string {
  if (before === after) return '';
  const compared = compare(linesOf(before), linesOf(after));
  const lines = hidesCredentials ? withoutCredentials(compared, before, after) : compared;
  const name = printable(file, 4000);
  return `--- a/${name}\n+++ b/${name}\n${hunksOf(lines).join('')}`;
}

function withoutCredentials(
  lines: readonly DiffLine[],
  before: string,
  after: string,
): readonly DiffLine[] {
  const old = linesOf(masked(before));
  const now = linesOf(masked(after));
  let [i, j] = [0, 0];
  return lines.map(({ sign, text }) => {
    const shown = (sign === '-' ? old[i] : now[j]) ?? text;
    if (sign !== '+') i += 1;
    if (sign !== '-') j += 1;
    return { sign, text: shown };
  });
}

/** Lines with their ends, as the last one may have none. */
const linesOf = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start])
    start += 1;
  const most = Math.min(before.length, after.length) - start;
  let end = 0;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const as = (sign: DiffLine['sign']) => (text: string) => ({ sign, text });
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  const middle =
    old.length > MAX_COMPARED || now.length > MAX_COMPARED
      ? [...old.map(as('-')), ...now.map(as('+'))]
      : longestCommon(old, now);
  return [
    ...before.slice(0, start).map(as(' ')),
    ...middle,
    ...before.slice(before.length - end).map(as(' ')),
  ];
}

/** Keeps as many lines as possible (longest common subsequence). */
function longestCommon(old: readonly string[], now: readonly string[]): DiffLine[] {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [left, right] = [old[i], now[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: left });
      i += 1;
    } else if (right !== undefined) {
      lines.push({ sign: '+', text: right });
      j += 1;
    }
  }
  return lines;
}

function hunksOf(lines: readonly DiffLine[]): string[] {
  const changed = lines.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const hunks: [first: number, last: number][] = [];
  for (const index of changed) {
    const current = hunks.at(-1);
    if (current && index - current[1] <= 2 * CONTEXT) current[1] = index;
    else hunks.push([index, index]);
  }
  return hunks.map(([first, last]) =>
    hunk(lines, Math.max(0, first - CONTEXT), last + CONTEXT + 1),
  );
}

function hunk(lines: readonly DiffLine[], start: number, end: number): string {
  const shown = lines.slice(start, end);
  const before = lines.slice(0, start);
  const side = (sign: '-' | '+') => {
    const count = shown.filter((line) => line.sign === ' ' || line.sign === sign).length;
    const first = before.filter((line) => line.sign === ' ' || line.sign === sign).length + 1;
    return `${sign}${count === 0 ? first - 1 : first},${count}`;
  };
  const text = shown.map((line) =>
    line.text.endsWith('\n')
      ? `${line.sign}${line.text}`
      : `${line.sign}${line.text}\n\\ No newline at end of file\n`,
  );
  return `@@ ${side('-')} ${side('+')} @@\n${text.join('')}`;
}

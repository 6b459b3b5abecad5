import { leaveOutTextBefore } from './around.ts';
import { wordSlip } from './bare-words.ts';
import * as memberSlip from './messages/members.ts';
import { thousandsComma } from './messages/separators.ts';
import { missingBrace } from './misplaced.ts';
import type { Progress } from './progress.ts';

/** Texts, words and numbers in the place of a value. */

export function takeScalar(progress: Progress, token: 'string' | 'word'): void {
  const { start, end, line } = progress.scanner;
  const isWord = token === 'word';
  if (isWord && !takesWord(progress)) return;
  progress.sibling = progress.comma?.behind;
  progress.scalar = { start, end, isWord, line };
  progress.valueTaken();
}

/** Tells of a word that is no JSON value; whether reading goes on behind it. */
function takesWord(progress: Progress): boolean {
  const { scanner, text, top } = progress;
  const { start, end } = scanner;
  const slip = wordSlip(text.slice(start, end));
  if (!slip) return true;
  if (!top) {
    if (scanner.isColonNext() && !isAssignment(text, end)) return true;
    leaveOutTextBefore(progress, start);
    return false;
  }
  if (slip.kind !== 'unexpected-token') {
    progress.add(memberSlip.bareWord(slip, scanner));
    return true;
  }
  progress.lose(memberSlip.bareWord(slip, scanner));
  return false;
}

const isAssignment = (text: string, end: number): boolean =>
  /^\s*=/.test(text.slice(end, end + 100));

/** Whether the word is a name, on a later line than the colon whose value is expected. */
export function isNextLinesName({ colon, scanner, top }: Progress): boolean {
  if (top?.mark !== '{' || !colon) return false;
  return scanner.line > colon.line && scanner.isColonNext();
}

/** The next line's name stands where a value is expected: a value or a brace is missing. */
export function missingBeforeName(progress: Progress): void {
  const { colon, scanner } = progress;
  if (progress.closesOneMore) missingBrace(progress, scanner);
  else progress.add(memberSlip.missingValueBeforeLine(colon?.end ?? scanner.start));
  progress.state = 'name';
}

export function missingValue(progress: Progress): void {
  progress.add(memberSlip.missingValue(progress.colon?.end ?? progress.previousEnd));
  progress.valueTaken();
}

/** `1,000` as the value of a member. */
export function takesThousands(progress: Progress): boolean {
  const { comma, scanner, text } = progress;
  const { start, end } = scanner;
  if (comma?.end !== start || !/^\d{3}$/.test(text.slice(start, end))) return false;
  if (!/\d/.test(text.charAt(comma.start - 1))) return false;
  progress.add(thousandsComma(comma));
  progress.valueTaken();
  return true;
}

/** Whether the token behind a value, on its line, is no name either. */
export const isSecondValue = ({ scanner }: Progress): boolean =>
  !scanner.isFirstOnLine && !scanner.isColonNext();

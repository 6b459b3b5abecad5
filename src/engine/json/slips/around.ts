import { closedFrom } from './brackets.ts';
import { missingClosing } from './closing.ts';
import { cutOff, earlyClosing } from './messages/brackets.ts';
import * as documentSlip from './messages/document.ts';
import { commaBehindAll } from './messages/separators.ts';
import type { Progress } from './progress.ts';

/** What stands before a document and behind it, and its end. */

export function leaveOutTextBefore(progress: Progress, start: number): void {
  const { scanner, text } = progress;
  const length = text.slice(scanner.end).search(/[{[]/);
  if (length === -1) {
    progress.lose(documentSlip.notJson(start, scanner.end));
    return;
  }
  const bracket = scanner.end + length;
  progress.add(documentSlip.leadingText(text, start, bracket));
  scanner.goTo(bracket);
}

export function trailingText(progress: Progress, start: number): void {
  if (/^---\s*[{[]/.test(progress.text.slice(start, start + 100))) {
    severalDocuments(progress, start);
    return;
  }
  const span = { start, end: progress.scanner.end };
  progress.lose(documentSlip.trailingText(span, documentEnd(progress)));
}

export function severalDocuments(progress: Progress, start: number): void {
  progress.lose(documentSlip.severalDocuments(start, documentEnd(progress)));
}

const documentEnd = ({ previousEnd }: Progress): number => Math.max(0, previousEnd - 1);

/**
 * A comma or semicolon behind the document: what follows tells what it is. Reads one token on;
 * whether that is a name of the document, which a bracket has closed too early.
 */
export function goesOnBehindComma(progress: Progress): boolean {
  const { scanner, closed: root } = progress;
  const { start, end } = scanner;
  progress.next();
  const { token } = scanner;
  if (scanner.isLost) return false;
  if (token === 'end') {
    progress.add(commaBehindAll({ start, end }));
  } else if (token === '{' || token === '[') {
    severalDocuments(progress, scanner.start);
  } else if (
    root?.opened.mark === '{' &&
    (token === 'string' || token === 'word') &&
    scanner.isColonNext() &&
    closedFrom(progress.text, scanner.end) === 1
  ) {
    progress.add(earlyClosing('}', root.at));
    progress.stack.push(root.opened);
    progress.comma = { start, end, behind: undefined };
    progress.state = 'name';
    return true;
  } else {
    trailingText(progress, start);
  }
  return false;
}

/** The end of the text: whether the document has ended, too. */
export function endOfText(progress: Progress): void {
  const { previousEnd, slips, stack, state, text, top } = progress;
  const isIncomplete =
    state === 'colon' || progress.comma !== undefined || (state === 'value' && top?.mark === '{');
  if (top) {
    if (isIncomplete) progress.add(cutOff(previousEnd, top));
    else missingClosing(progress, stack.length, undefined);
  } else if (state === 'value' && slips.slips.length > 0) {
    progress.add(documentSlip.nothingRead(text.trimEnd().length));
  }
}

import { type Opened, type Opening, endOfPair } from './brackets.ts';
import { addByIndentation } from './closing.ts';
import * as bracketSlip from './messages/brackets.ts';
import * as memberSlip from './messages/members.ts';
import type { Progress, Scalar } from './progress.ts';
import type { Span } from './span.ts';

/** Members, objects and lists where none can stand: brackets before them are missing or too many. */

/** An object or a list where a name is expected. */
export function valueWithoutName(progress: Progress, mark: Opening): void {
  const { comma, scanner, stack, text, top } = progress;
  const { start } = scanner;
  const before = comma?.behind ?? progress.closed;
  // More brackets than are open, with the one that is being read, are closed further on.
  const surplus = progress.rest - stack.length - 1;
  const at = comma?.start ?? progress.previousEnd;
  if (surplus === -1 && top && stack.at(-2)?.mark === '[') {
    const isElement = scanner.isFirstOnLine && scanner.indent === top.indent && top.offset + 1 < at;
    if (!addByIndentation(progress, '{')) {
      progress.add(
        isElement ? bracketSlip.unclosedElement(top, at) : bracketSlip.elementInElement(top, start),
      );
    }
    stack.pop();
  } else if (surplus === 1 && before?.opened.mark === '[') {
    progress.add(bracketSlip.earlyClosing(']', before.at));
    stack.push(before.opened);
  } else if (surplus === 1 && before?.opened.mark === mark) {
    progress.add(bracketSlip.missingListOpening(before.opened.offset));
    stack.push({ ...before.opened, mark: '[', hasComma: true });
  } else {
    const list = before?.opened.mark === '[' ? before.at : undefined;
    // Looked for once only, as it reads the text on.
    const end = list === undefined || progress.hasMoved ? undefined : endOfPair(text, start);
    progress.hasMoved ||= end !== undefined;
    const hasComma = comma !== undefined;
    progress.add(memberSlip.valueWithoutName({ mark, at: start, list, end, hasComma }));
  }
  progress.open(mark);
}

/** `"a": "b": 1`, `["a": 1]`, or a value that is missing before the next line's member. */
export function colonAfterValue(progress: Progress): void {
  const { colon, scalar, scanner, top } = progress;
  if (scalar && top?.mark === '[') {
    memberWithoutObject(progress, scalar);
  } else if (scalar && progress.closesOneMore) {
    missingBrace(progress, scalar);
    progress.takeColon();
  } else if (scalar && colon && scalar.line > colon.line) {
    progress.add(memberSlip.missingValueBeforeLine(colon.end));
    progress.takeColon();
  } else {
    progress.lose(memberSlip.unexpected('a second colon in one member', scanner));
  }
}

/** A member stands as the value of another one, and a brace closes an object around it. */
export function missingBrace(progress: Progress, { start }: Span): void {
  const { line, indent } = progress.scanner;
  progress.add(bracketSlip.missingBrace(start));
  progress.push({ mark: '{', offset: start, line, indent, hasComma: false, isAssumed: false });
}

/** A member that stands in a list, or in no object at all. */
export function memberWithoutObject(progress: Progress, scalar: Scalar): void {
  const { start, end, isWord, line } = scalar;
  const { top } = progress;
  const sibling = top && progress.sibling?.opened.mark === '{' ? progress.sibling : undefined;
  if (sibling?.standing === 'early') {
    progress.add(bracketSlip.earlyClosing('}', sibling.at));
    progress.push(sibling.opened);
    progress.takeColon();
    return;
  }
  // In a list the word was told of already, as a text.
  if (isWord && !top) progress.add(memberSlip.unquotedName(progress.text, { start, end }));
  const { indent } = progress.scanner;
  const place = { mark: '{', offset: start, line, indent } as const;
  const opened: Opened = { ...place, hasComma: false, isAssumed: true };
  if (sibling?.standing === 'doubtful') progress.doubtful.add(opened);
  progress.push(opened);
  progress.takeColon();
}

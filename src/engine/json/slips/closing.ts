import {
  type Closing,
  type Opened,
  type Opening,
  closingOf,
  endByIndentation,
  misfit,
  openingOf,
} from './brackets.ts';
import * as bracketSlip from './messages/brackets.ts';
import { trailingComma } from './messages/separators.ts';
import type { Progress } from './progress.ts';
import type { Span } from './span.ts';

/** Closing brackets: those that fit, those that do not, and those that are missing. */

/** Brackets too many that are removed one by one; a text with more of them is hostile. */
const MAX_SPANS = 1000;

/** A closing bracket where a value or a name may stand. */
export function closeAfterComma(progress: Progress, mark: Closing): void {
  if (progress.comma) progress.add(trailingComma(progress.comma, mark));
  progress.comma = undefined;
  close(progress, mark);
}

export function close(progress: Progress, mark: Closing): void {
  const { scanner, stack, top } = progress;
  const { start, end } = scanner;
  if (!top) {
    extraBracketsOutside(progress, mark);
    return;
  }
  if (closingOf(top.mark) === mark) {
    progress.mark();
    if (top.isAssumed) missingOpening(progress, top, undefined);
    progress.pop(start);
    return;
  }
  const verdict = misfit(stack, mark, progress.rest);
  const isRootMember = stack.length === 1 && progress.closed?.opened.mark === '{';
  if (mark === ']' && verdict.is === 'extra' && progress.closed && isRootMember) {
    progress.add(bracketSlip.closedListOrNone(scanner, progress.closed.opened));
  } else if (verdict.is === 'extra') {
    extraBracket(progress, mark, top);
  } else if (verdict.is === 'mistyped') {
    progress.add(bracketSlip.mistypedBracket(mark, { start, end }, top));
    progress.pop(start);
  } else {
    missingClosing(progress, verdict.missing, { mark, offset: start });
    for (let left = verdict.missing; left > 0; left -= 1) progress.pop(progress.previousEnd);
    progress.mark();
    progress.pop(start);
  }
}

/** A bracket that closes nothing, or that an earlier one has left without anything to close. */
function extraBracket(progress: Progress, mark: Closing, top: Opened): void {
  const { start, end } = progress.scanner;
  const early = progress.misleading;
  progress.state = 'after';
  if (early?.opened.mark !== openingOf(mark)) {
    progress.add(bracketSlip.extraBrackets(mark, [{ start, end }], top));
  } else if (early.standing === 'early') {
    progress.add(bracketSlip.earlyClosing(mark, early.at));
  } else {
    progress.add(bracketSlip.doubtfulBracket(mark, progress.scanner, early));
  }
}

/** Closing brackets where nothing is open. */
export function extraBracketsOutside(progress: Progress, mark: Closing): void {
  const { scanner, text } = progress;
  const { start, end } = scanner;
  const spans: [Span, ...Span[]] = [{ start, end }];
  let last = end;
  for (let at = end; ' \n\r\t}]'.includes(text[at] ?? '?'); at += 1) {
    if (!'}]'.includes(text.charAt(at))) continue;
    last = at + 1;
    if (spans.length < MAX_SPANS) spans.push({ start: at, end: last });
  }
  progress.add(bracketSlip.extraBrackets(mark, spans, undefined));
  scanner.goTo(last);
}

/** The last `missing` opened ones are not closed before `next`, or before the text's end. */
export function missingClosing(
  progress: Progress,
  missing: number,
  next: { mark: Closing; offset: number } | undefined,
): void {
  const [last, ...others] = progress.stack.slice(progress.stack.length - missing).reverse();
  const at = progress.previousEnd;
  if (!last) return;
  if (missing === 1 && last.isAssumed) {
    missingOpening(progress, last, at);
    return;
  }
  if (missing === 1 && addByIndentation(progress, last.mark)) return;
  const { isDoubtful } = progress.nesting;
  const open = [last, ...others] as const;
  const isPlain = open.every(({ isAssumed }) => !isAssumed);
  progress.add(
    bracketSlip.missingClosing({
      open,
      at,
      next,
      isCertain: isPlain && !isDoubtful && (missing === 1 || next !== undefined),
    }),
  );
}

/** Tells of the pair that, by the indentation, is not closed; whether there is one. */
export function addByIndentation(progress: Progress, mark: Opening): boolean {
  const { suspect } = progress.nesting;
  const end = suspect?.mark === mark ? endByIndentation(progress.text, suspect) : undefined;
  if (!suspect || end === undefined) return false;
  progress.add(bracketSlip.unclosedByIndentation(suspect, end));
  progress.nesting.clear();
  return true;
}

function missingOpening(progress: Progress, opened: Opened, closing: number | undefined): void {
  const { closed, doubtful, stack } = progress;
  const parent = stack.at(stack.indexOf(opened) - 1);
  const isRoot = stack[0] === opened;
  const isNamedDocument = isRoot && !opened.hasComma && closed?.opened.mark === '{';
  progress.add(
    bracketSlip.missingOpening({
      opened,
      closing,
      parent: isRoot ? undefined : parent,
      isDoubtful: isNamedDocument || doubtful.has(opened),
    }),
  );
}

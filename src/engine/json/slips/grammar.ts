import { endOfText, goesOnBehindComma, severalDocuments, trailingText } from './around.ts';
import { close, closeAfterComma, extraBracketsOutside } from './closing.ts';
import * as memberSlip from './messages/members.ts';
import * as separatorSlip from './messages/separators.ts';
import { colonAfterValue, memberWithoutObject, valueWithoutName } from './misplaced.ts';
import { Progress } from './progress.ts';
import type { Token } from './scanner.ts';
import type { SlipList } from './slip.ts';
import {
  isNextLinesName,
  isSecondValue,
  missingBeforeName,
  missingValue,
  takeScalar,
  takesThousands,
} from './values.ts';

/**
 * Finds what is wrong with a text that is JSON with slips. After each slip it goes on as far as
 * the meaning of what follows is clear; where it is not, it stops. Linear; nothing recurses.
 */
export function findSlips(text: string, slips: SlipList): void {
  const progress = new Progress(text, slips);
  const { scanner } = progress;
  for (;;) {
    progress.next();
    if (progress.isOver()) return;
    if (scanner.token === 'end') {
      endOfText(progress);
      return;
    }
    const { closed } = progress;
    takeToken(progress, scanner.token);
    if (progress.isOver()) return;
    if (progress.closed === closed) progress.closed = undefined;
    progress.previousEnd = scanner.end;
  }
}

/** Takes a token for what it is in its place of the grammar. */
function takeToken(progress: Progress, token: Token): void {
  switch (progress.state) {
    case 'value':
      takeValue(progress, token);
      break;
    case 'name':
      takeName(progress, token);
      break;
    case 'colon':
      takeAfterName(progress, token);
      break;
    case 'after':
      takeAfterValue(progress, token);
      break;
    case 'done':
      takeAfterRoot(progress, token);
      break;
  }
}

function takeValue(progress: Progress, token: Token): void {
  const { comma, scanner, top } = progress;
  const inObject = top?.mark === '{';
  if (token === '{' || token === '[') {
    progress.open(token);
  } else if (token === 'word' && isNextLinesName(progress)) {
    missingBeforeName(progress);
    takeName(progress, token);
  } else if (token === 'string' || token === 'word') {
    takeScalar(progress, token);
  } else if (token === 'gap') {
    progress.takeGap();
  } else if (token === ':') {
    if (inObject) progress.add(separatorSlip.extraColon(scanner));
    else progress.lose(memberSlip.unexpected('a colon without a name before it', scanner));
  } else if (inObject) {
    missingValue(progress);
    takeAfterValue(progress, token);
  } else if (token === ',') {
    progress.add(separatorSlip.extraComma(scanner, comma !== undefined));
  } else if (token === '}' || token === ']') {
    if (top) closeAfterComma(progress, token);
    else extraBracketsOutside(progress, token);
  }
}

function takeName(progress: Progress, token: Token): void {
  const { comma, scanner, text } = progress;
  if (token === 'string' || token === 'word') {
    if (token === 'word' && takesThousands(progress)) return;
    if (token === 'word') progress.add(memberSlip.unquotedName(text, scanner));
    progress.comma = undefined;
    progress.state = 'colon';
  } else if (token === '}' || token === ']') {
    closeAfterComma(progress, token);
  } else if (token === ',') {
    progress.add(separatorSlip.extraComma(scanner, comma !== undefined));
  } else if (token === ':') {
    progress.add(memberSlip.missingName(scanner));
    progress.takeColon();
  } else if (token === '{' || token === '[') {
    valueWithoutName(progress, token);
  } else {
    progress.takeGap();
  }
}

function takeAfterName(progress: Progress, token: Token): void {
  const { previousEnd, scanner, text } = progress;
  if (token === ':') {
    progress.takeColon();
  } else if (token === ',' || token === '}' || token === ']') {
    progress.add(memberSlip.missingColonAndValue(previousEnd));
    progress.state = 'after';
    takeAfterValue(progress, token);
  } else {
    progress.add(
      separatorSlip.markInQuotes(text, previousEnd, ':') ?? separatorSlip.missingColon(previousEnd),
    );
    progress.colon = { start: previousEnd, end: previousEnd, line: scanner.line };
    progress.state = 'value';
    takeValue(progress, token);
  }
}

function takeAfterValue(progress: Progress, token: Token): void {
  const { isLoose, previousEnd, scanner, text, top } = progress;
  const inObject = top?.mark === '{';
  if (token === ',') {
    progress.takeComma();
    progress.state = inObject ? 'name' : 'value';
  } else if (token === '}' || token === ']') {
    close(progress, token);
  } else if (token === ':') {
    colonAfterValue(progress);
  } else if (token === 'gap') {
    progress.takeGap();
  } else if (inObject && (token === '{' || token === '[')) {
    valueWithoutName(progress, token);
  } else if (inObject && !isLoose && isSecondValue(progress)) {
    progress.add(memberSlip.secondValue(scanner));
  } else {
    if (!isLoose) {
      progress.add(
        separatorSlip.markInQuotes(text, previousEnd, ',') ??
          separatorSlip.missingComma(previousEnd, top?.mark),
      );
    }
    progress.isLoose = false;
    progress.state = inObject ? 'name' : 'value';
    takeToken(progress, token);
  }
}

function takeAfterRoot(progress: Progress, token: Token): void {
  const { scalar, scanner } = progress;
  if (token === '}' || token === ']') {
    extraBracketsOutside(progress, token);
  } else if (token === ':' && scalar) {
    memberWithoutObject(progress, scalar);
  } else if (token === ',') {
    if (goesOnBehindComma(progress)) takeName(progress, scanner.token);
  } else if (token === '{' || token === '[') {
    severalDocuments(progress, scanner.start);
  } else {
    trailingText(progress, scanner.start);
  }
}

import { wordSlip } from './bare-words.ts';
import {
  type Closing,
  Nesting,
  type Opened,
  type Opening,
  closedFrom,
  type Standing,
  closingOf,
  endByIndentation,
  endOfPair,
  misfit,
  openingOf,
  standingOf,
} from './brackets.ts';
import { type Expected, Scanner, type Token } from './scanner.ts';
import { type Slip, SlipList } from './slip.ts';
import * as slipOf from './structure.ts';
import type { Span } from './structure.ts';

/** What may follow. */
type State = 'value' | 'name' | 'colon' | 'after' | 'done';

interface Scalar extends Span {
  readonly isWord: boolean;
  readonly line: number;
}

interface ClosedPair {
  readonly opened: Opened;
  /** Of its closing bracket. */
  readonly at: number;
  readonly standing: Standing;
}

const RISE: Partial<Record<Token, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** Tokens that are read; a chain has some hundreds. */
const MAX_TOKENS = 100_000;

/** Brackets too many that are removed one by one; a text with more of them is hostile. */
const MAX_SPANS = 1000;

/**
 * Finds what is wrong with a text that is JSON with slips. After each slip it goes on as far as
 * the meaning of what follows is clear; where it is not, it stops. Linear; nothing recurses.
 */
export function findSlips(text: string, slips: SlipList): void {
  new TolerantReader(text, slips).read();
}

class TolerantReader {
  readonly #text: string;
  readonly #slips: SlipList;
  readonly #scanner: Scanner;
  readonly #stack: Opened[] = [];
  readonly #nesting = new Nesting();
  #state: State = 'value';
  /** Where the token before ends. */
  #previousEnd = 0;
  /** A comma that nothing has followed yet. */
  #comma: (Span & { readonly behind: ClosedPair | undefined }) | undefined;
  /** The last token, where it is a text, word or number in the place of a value. */
  #scalar: Scalar | undefined;
  /** The colon of the member whose value is being read. */
  #colon: (Span & { readonly line: number }) | undefined;
  /** The last token, where it is a closing bracket. */
  #closed: ClosedPair | undefined;
  /** The pair before the comma before the last token. */
  #sibling: ClosedPair | undefined;
  /** The last value is not known, nor whether a comma has to follow. */
  #isLoose = false;
  /** How many more brackets the rest of the text closes than it opens, once that was asked. */
  #rest: number | undefined;
  readonly #doubtful = new Set<Opened>();
  /** The first pair that, by its place, its closing bracket may have closed too early. */
  #misleading: ClosedPair | undefined;
  /** An element behind its list was told of, and how to move it into the list. */
  #hasMoved = false;

  constructor(text: string, slips: SlipList) {
    this.#text = text;
    this.#slips = slips;
    this.#scanner = new Scanner(text, slips);
  }

  read(): void {
    const scanner = this.#scanner;
    for (let tokens = 0; ; tokens += 1) {
      if (tokens === MAX_TOKENS) {
        this.#slips.isCutShort = true;
        return;
      }
      this.#next();
      if (this.#isOver()) return;
      if (scanner.token === 'end') {
        this.#finish();
        return;
      }
      const closed = this.#closed;
      this.#step(scanner.token);
      if (this.#isOver()) return;
      if (this.#closed === closed) this.#closed = undefined;
      this.#previousEnd = scanner.end;
    }
  }

  #isOver(): boolean {
    return this.#scanner.isLost || this.#slips.isFull;
  }

  #next(): void {
    this.#scanner.next(this.#expected());
    if (this.#rest !== undefined) this.#rest += RISE[this.#scanner.token] ?? 0;
  }

  #expected(): Expected {
    if (this.#state === 'name') return 'name';
    const inObject = this.#stack.at(-1)?.mark === '{';
    if (this.#state === 'after') return inObject ? 'name' : 'item';
    return inObject ? 'value' : 'item';
  }

  #step(token: Token): void {
    switch (this.#state) {
      case 'value':
        this.#value(token);
        break;
      case 'name':
        this.#name(token);
        break;
      case 'colon':
        this.#afterName(token);
        break;
      case 'after':
        this.#afterValue(token);
        break;
      case 'done':
        this.#afterRoot(token);
        break;
    }
  }

  /** What is open where the scanner stands. */
  get #top(): Opened | undefined {
    return this.#stack.at(-1);
  }

  #add(slip: Slip): void {
    this.#slips.add(slip);
  }

  /** After this slip nothing can be read. */
  #lose(slip: Slip): void {
    this.#slips.add(slip);
    this.#scanner.isLost = true;
  }

  // -------------------------------------------------------------------------------------------
  // The places of the grammar
  // -------------------------------------------------------------------------------------------

  #value(token: Token): void {
    const inObject = this.#top?.mark === '{';
    if (token === '{' || token === '[') {
      this.#open(token);
    } else if (token === 'string' || token === 'word') {
      this.#takeScalar(token);
    } else if (token === 'gap') {
      this.#takeGap();
    } else if (token === ':') {
      if (inObject) this.#add(slipOf.extraColon(this.#scanner));
      else this.#lose(slipOf.unexpected('a colon without a name before it', this.#scanner));
    } else if (token === ',') {
      if (inObject) this.#missingValue(token);
      else this.#add(slipOf.extraComma(this.#scanner, this.#comma !== undefined));
    } else if (token === '}' || token === ']') {
      if (inObject) this.#missingValue(token);
      else if (this.#top) this.#closeAfterComma(token);
      else this.#extraBracketsOutside(token);
    }
  }

  #name(token: Token): void {
    if (token === 'string' || token === 'word') {
      if (token === 'word' && this.#thousands()) return;
      if (token === 'word') this.#add(slipOf.unquotedName(this.#text, this.#scanner));
      this.#comma = undefined;
      this.#state = 'colon';
    } else if (token === '}' || token === ']') {
      this.#closeAfterComma(token);
    } else if (token === ',') {
      this.#add(slipOf.extraComma(this.#scanner, this.#comma !== undefined));
    } else if (token === ':') {
      this.#add(slipOf.missingName(this.#scanner));
      this.#takeColon();
    } else if (token === '{' || token === '[') {
      this.#valueWithoutName(token);
    } else {
      this.#takeGap();
    }
  }

  #afterName(token: Token): void {
    if (token === ':') {
      this.#takeColon();
    } else if (token === ',' || token === '}' || token === ']') {
      this.#add(slipOf.missingColonAndValue(this.#previousEnd));
      this.#state = 'after';
      this.#afterValue(token);
    } else {
      this.#add(slipOf.missingColon(this.#previousEnd));
      this.#colon = { start: this.#previousEnd, end: this.#previousEnd, line: this.#scanner.line };
      this.#state = 'value';
      this.#value(token);
    }
  }

  #afterValue(token: Token): void {
    const inObject = this.#top?.mark === '{';
    if (token === ',') {
      this.#takeComma();
      this.#state = inObject ? 'name' : 'value';
    } else if (token === '}' || token === ']') {
      this.#close(token);
    } else if (token === ':') {
      this.#colonAfterValue();
    } else if (token === 'gap') {
      this.#takeGap();
    } else if (inObject && (token === '{' || token === '[')) {
      this.#valueWithoutName(token);
    } else if (inObject && !this.#isLoose && !this.#scanner.isColonNext()) {
      this.#add(slipOf.secondValue(this.#scanner));
    } else {
      if (!this.#isLoose) this.#add(slipOf.missingComma(this.#previousEnd, this.#top?.mark));
      this.#isLoose = false;
      this.#state = inObject ? 'name' : 'value';
      this.#step(token);
    }
  }

  #afterRoot(token: Token): void {
    const { start } = this.#scanner;
    if (token === '}' || token === ']') this.#extraBracketsOutside(token);
    else if (token === ':' && this.#scalar) this.#memberWithoutObject(this.#scalar);
    else if (token === ',') this.#commaAfterRoot();
    else if (token === '{' || token === '[') this.#severalDocuments(start);
    else this.#trailingText(start);
  }

  // -------------------------------------------------------------------------------------------
  // Tokens in their place
  // -------------------------------------------------------------------------------------------

  /** Tells of the mark which the scanner stands at if it is written in another way. */
  #mark(): void {
    const { odd } = this.#scanner;
    if (odd) this.#add(slipOf.oddMark(odd, this.#scanner));
  }

  #open(mark: Opening): void {
    this.#mark();
    const { start, line, indent } = this.#scanner;
    this.#push({ mark, offset: start, line, indent, hasComma: false, isAssumed: false });
    this.#state = mark === '{' ? 'name' : 'value';
  }

  #push(opened: Opened): void {
    this.#stack.push(opened);
    this.#comma = undefined;
    this.#scalar = undefined;
    this.#isLoose = false;
  }

  #pop(at: number): void {
    const opened = this.#stack.pop();
    if (!opened) return;
    this.#nesting.close(opened, this.#top, this.#scanner);
    const standing = standingOf(this.#text, opened, this.#scanner);
    this.#closed = { opened, at, standing };
    this.#scalar = undefined;
    this.#valueTaken();
  }

  #takeScalar(token: 'string' | 'word'): void {
    const { start, end, line } = this.#scanner;
    const isWord = token === 'word';
    if (isWord && this.#isNextLinesName()) {
      if (this.#closesOneMore()) this.#missingBrace(this.#scanner);
      else this.#add(slipOf.missingValueBeforeLine(this.#colon?.end ?? start));
      this.#state = 'name';
      this.#name(token);
      return;
    }
    if (isWord) {
      const slip = wordSlip(this.#text.slice(start, end));
      if (slip && !this.#top) {
        if (!this.#scanner.isColonNext() || this.#isAssignment(end)) {
          this.#leadingText(start);
          return;
        }
      } else if (slip?.kind === 'unexpected-token') {
        this.#lose(slipOf.bareWord(slip, this.#scanner));
      } else if (slip) {
        this.#add(slipOf.bareWord(slip, this.#scanner));
      }
    }
    this.#sibling = this.#comma?.behind;
    this.#scalar = { start, end, isWord, line };
    this.#valueTaken();
  }

  /** Whether the word is a name, on a later line than the colon whose value is expected. */
  #isNextLinesName(): boolean {
    if (this.#top?.mark !== '{' || !this.#colon) return false;
    return this.#scanner.line > this.#colon.line && this.#scanner.isColonNext();
  }

  #isAssignment(end: number): boolean {
    return /^\s*=/.test(this.#text.slice(end, end + 100));
  }

  #takeGap(): void {
    this.#scalar = undefined;
    this.#valueTaken();
    this.#isLoose = true;
  }

  #valueTaken(): void {
    this.#comma = undefined;
    this.#isLoose = false;
    this.#state = this.#stack.length === 0 ? 'done' : 'after';
  }

  #takeColon(): void {
    this.#mark();
    const { start, end, line } = this.#scanner;
    this.#colon = { start, end, line };
    this.#state = 'value';
  }

  #takeComma(): void {
    const { start, end, odd } = this.#scanner;
    const top = this.#top;
    if (top) top.hasComma = true;
    const hides = this.#closed?.opened.mark === top?.mark && this.#closed?.standing !== 'clear';
    if (hides) this.#misleading ??= this.#closed;
    this.#comma = { start, end, behind: this.#closed };
    this.#scalar = undefined;
    // One before a closing bracket is to go, not to be written in another way.
    const isLast = odd && /^\s*[}\]\uff5d\uff3d]/.test(this.#text.slice(end, end + 200));
    if (!isLast) this.#mark();
  }

  // -------------------------------------------------------------------------------------------
  // Names and values
  // -------------------------------------------------------------------------------------------

  #missingValue(token: ',' | '}' | ']'): void {
    this.#add(slipOf.missingValue(this.#colon?.end ?? this.#previousEnd));
    this.#valueTaken();
    this.#afterValue(token);
  }

  /** `1,000` as the value of a member. */
  #thousands(): boolean {
    const { start, end } = this.#scanner;
    const comma = this.#comma;
    if (comma?.end !== start || !/^\d{3}$/.test(this.#text.slice(start, end))) return false;
    if (!/\d/.test(this.#text[comma.start - 1] ?? '')) return false;
    this.#add(slipOf.thousandsComma(comma));
    this.#valueTaken();
    return true;
  }

  /** An object or a list where a name is expected: a bracket before it is missing or too many. */
  #valueWithoutName(mark: Opening): void {
    const { start, end } = this.#scanner;
    const before = this.#comma?.behind ?? this.#closed;
    this.#rest ??= closedFrom(this.#text, end);
    // More brackets than are open, with the one that is being read, are closed further on.
    const surplus = this.#rest - this.#stack.length - 1;
    const top = this.#top;
    const at = this.#comma?.start ?? this.#previousEnd;
    if (surplus === -1 && top && this.#stack.at(-2)?.mark === '[') {
      const { isFirstOnLine, indent } = this.#scanner;
      const isElement = isFirstOnLine && indent === top.indent && top.offset + 1 < at;
      if (!this.#addByIndentation('{')) {
        this.#add(
          isElement ? slipOf.unclosedElement(top, at) : slipOf.elementInElement(top, start),
        );
      }
      this.#stack.pop();
    } else if (surplus === 1 && before?.opened.mark === '[') {
      this.#add(slipOf.earlyClosing(']', before.at));
      this.#stack.push(before.opened);
    } else if (surplus === 1 && before?.opened.mark === mark) {
      this.#add(slipOf.missingListOpening(before.opened.offset));
      this.#stack.push({ ...before.opened, mark: '[', hasComma: true });
    } else {
      const list = before?.opened.mark === '[' ? before.at : undefined;
      // Looked for once only, as it reads the text on.
      const valueEnd =
        list === undefined || this.#hasMoved ? undefined : endOfPair(this.#text, start);
      this.#hasMoved ||= valueEnd !== undefined;
      this.#add(
        slipOf.valueWithoutName({
          mark,
          at: start,
          list,
          end: valueEnd,
          hasComma: this.#comma !== undefined,
        }),
      );
    }
    this.#open(mark);
  }

  /** `"a": "b": 1`, `["a": 1]`, or a value that is missing before the next line's member. */
  #colonAfterValue(): void {
    const scalar = this.#scalar;
    if (scalar && this.#top?.mark === '[') {
      this.#memberWithoutObject(scalar);
    } else if (scalar && this.#closesOneMore()) {
      this.#missingBrace(scalar);
      this.#takeColon();
    } else if (scalar && this.#colon && scalar.line > this.#colon.line) {
      this.#add(slipOf.missingValueBeforeLine(this.#colon.end));
      this.#takeColon();
    } else {
      this.#lose(slipOf.unexpected('a second colon in one member', this.#scanner));
    }
  }

  /** Whether the rest of the text closes one bracket more than are open. */
  #closesOneMore(): boolean {
    this.#rest ??= closedFrom(this.#text, this.#scanner.end);
    return this.#rest === this.#stack.length + 1;
  }

  /** A member stands as the value of another one, and a brace closes an object around it. */
  #missingBrace({ start }: Span): void {
    const { line, indent } = this.#scanner;
    this.#add(slipOf.missingBrace(start));
    this.#push({ mark: '{', offset: start, line, indent, hasComma: false, isAssumed: false });
  }

  /** A member that stands in a list, or in no object at all. */
  #memberWithoutObject({ start, end, isWord, line }: Scalar): void {
    const sibling = this.#top && this.#sibling?.opened.mark === '{' ? this.#sibling : undefined;
    if (sibling?.standing === 'early') {
      this.#add(slipOf.earlyClosing('}', sibling.at));
      this.#push(sibling.opened);
      this.#takeColon();
      return;
    }
    // In a list the word was told of already, as a text.
    if (isWord && !this.#top) this.#add(slipOf.unquotedName(this.#text, { start, end }));
    const { indent } = this.#scanner;
    const opened: Opened = {
      mark: '{',
      offset: start,
      line,
      indent,
      hasComma: false,
      isAssumed: true,
    };
    if (sibling?.standing === 'doubtful') this.#doubtful.add(opened);
    this.#push(opened);
    this.#takeColon();
  }

  // -------------------------------------------------------------------------------------------
  // Brackets
  // -------------------------------------------------------------------------------------------

  #closeAfterComma(mark: Closing): void {
    if (this.#comma) this.#add(slipOf.trailingComma(this.#comma, mark));
    this.#comma = undefined;
    this.#close(mark);
  }

  #close(mark: Closing): void {
    const { start, end } = this.#scanner;
    const top = this.#top;
    if (!top) {
      this.#extraBracketsOutside(mark);
      return;
    }
    if (closingOf(top.mark) === mark) {
      this.#mark();
      if (top.isAssumed) this.#missingOpening(top, undefined);
      this.#pop(start);
      return;
    }
    this.#rest ??= closedFrom(this.#text, end);
    const verdict = misfit(this.#stack, mark, this.#rest);
    const isRootMember = this.#stack.length === 1 && this.#closed?.opened.mark === '{';
    if (mark === ']' && verdict.is === 'extra' && this.#closed && isRootMember) {
      this.#add(slipOf.closedListOrNone(this.#scanner, this.#closed.opened));
    } else if (verdict.is === 'extra') {
      this.#extraBracket(mark, top);
    } else if (verdict.is === 'mistyped') {
      this.#add(slipOf.mistypedBracket(mark, { start, end }, top));
      this.#pop(start);
    } else {
      this.#missingClosing(verdict.missing, { mark, offset: start });
      for (let left = verdict.missing; left > 0; left -= 1) this.#pop(this.#previousEnd);
      this.#mark();
      this.#pop(start);
    }
  }

  /** A bracket that closes nothing, or that an earlier one has left without anything to close. */
  #extraBracket(mark: Closing, top: Opened): void {
    const { start, end } = this.#scanner;
    const early = this.#misleading;
    this.#state = 'after';
    if (early?.opened.mark !== openingOf(mark)) {
      this.#add(slipOf.extraBrackets(mark, [{ start, end }], top));
    } else if (early.standing === 'early') {
      this.#add(slipOf.earlyClosing(mark, early.at));
    } else {
      this.#add(slipOf.doubtfulBracket(mark, this.#scanner, early));
    }
  }

  /** The last `missing` opened ones are not closed before `next`, or before the text's end. */
  #missingClosing(missing: number, next: { mark: Closing; offset: number } | undefined): void {
    const open = this.#stack.slice(this.#stack.length - missing).reverse();
    const [last] = open;
    const at = this.#previousEnd;
    if (!last) return;
    if (missing === 1 && last.isAssumed) {
      this.#missingOpening(last, at);
      return;
    }
    if (missing === 1 && this.#addByIndentation(last.mark)) return;
    const { isDoubtful } = this.#nesting;
    const isPlain = open.every(({ isAssumed }) => !isAssumed);
    this.#add(
      slipOf.missingClosing({
        open,
        at,
        next,
        isCertain: isPlain && !isDoubtful && (missing === 1 || next !== undefined),
      }),
    );
  }

  /** Tells of the pair that, by the indentation, is not closed; whether there is one. */
  #addByIndentation(mark: Opening): boolean {
    const { suspect } = this.#nesting;
    const end = suspect?.mark === mark ? endByIndentation(this.#text, suspect) : undefined;
    if (!suspect || end === undefined) return false;
    this.#add(slipOf.unclosedByIndentation(suspect, end));
    this.#nesting.clear();
    return true;
  }

  #missingOpening(opened: Opened, closing: number | undefined): void {
    const parent = this.#stack.at(this.#stack.indexOf(opened) - 1);
    const isRoot = this.#stack[0] === opened;
    const isNamedDocument = isRoot && !opened.hasComma && this.#closed?.opened.mark === '{';
    this.#add(
      slipOf.missingOpening({
        opened,
        closing,
        parent: isRoot ? undefined : parent,
        isDoubtful: isNamedDocument || this.#doubtful.has(opened),
      }),
    );
  }

  /** Closing brackets where nothing is open. */
  #extraBracketsOutside(mark: Closing): void {
    const { start, end } = this.#scanner;
    const spans: Span[] = [{ start, end }];
    let last = end;
    for (let at = end; ' \n\r\t}]'.includes(this.#text[at] ?? '?'); at += 1) {
      if (!'}]'.includes(this.#text[at] ?? '')) continue;
      last = at + 1;
      if (spans.length < MAX_SPANS) spans.push({ start: at, end: last });
    }
    this.#add(slipOf.extraBrackets(mark, spans, undefined));
    this.#scanner.goTo(last);
  }

  // -------------------------------------------------------------------------------------------
  // Around the document
  // -------------------------------------------------------------------------------------------

  #leadingText(start: number): void {
    const length = this.#text.slice(this.#scanner.end).search(/[{[]/);
    if (length === -1) {
      this.#lose(slipOf.notJson(start, this.#scanner.end));
      return;
    }
    const bracket = this.#scanner.end + length;
    this.#add(slipOf.leadingText(this.#text, start, bracket));
    this.#scanner.goTo(bracket);
  }

  #trailingText(start: number): void {
    if (/^---\s*[{[]/.test(this.#text.slice(start, start + 100))) {
      this.#severalDocuments(start);
      return;
    }
    this.#lose(slipOf.trailingText({ start, end: this.#scanner.end }, this.#documentEnd));
  }

  #severalDocuments(start: number): void {
    this.#lose(slipOf.severalDocuments(start, this.#documentEnd));
  }

  get #documentEnd(): number {
    return Math.max(0, this.#previousEnd - 1);
  }

  /** A comma or semicolon behind the document: what follows tells what it is. */
  #commaAfterRoot(): void {
    const { start, end } = this.#scanner;
    const root = this.#closed;
    this.#next();
    const { token } = this.#scanner;
    if (this.#scanner.isLost) return;
    if (token === 'end') {
      this.#add(slipOf.commaBehindAll({ start, end }));
    } else if (token === '{' || token === '[') {
      this.#severalDocuments(this.#scanner.start);
    } else if (
      root?.opened.mark === '{' &&
      (token === 'string' || token === 'word') &&
      this.#scanner.isColonNext() &&
      closedFrom(this.#text, this.#scanner.end) === 1
    ) {
      this.#add(slipOf.earlyClosing('}', root.at));
      this.#stack.push(root.opened);
      this.#comma = { start, end, behind: undefined };
      this.#state = 'name';
      this.#name(token);
    } else {
      this.#trailingText(start);
    }
  }

  #finish(): void {
    const isIncomplete =
      this.#state === 'colon' ||
      this.#comma !== undefined ||
      (this.#state === 'value' && this.#top?.mark === '{');
    if (this.#stack.length > 0) {
      if (isIncomplete) this.#add(slipOf.cutOff(this.#previousEnd, this.#stack));
      else this.#missingClosing(this.#stack.length, undefined);
    } else if (this.#state === 'value' && this.#slips.slips.length > 0) {
      this.#add(slipOf.nothingRead(this.#text.trimEnd().length));
    }
  }
}

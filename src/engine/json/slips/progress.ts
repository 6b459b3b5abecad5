import {
  Nesting,
  type Opened,
  type Opening,
  type Standing,
  closedFrom,
  standingOf,
} from './brackets.ts';
import { oddMark } from './messages/separators.ts';
import { type Expected, Scanner, type Token } from './scanner.ts';
import type { Slip, SlipList } from './slip.ts';
import type { Span } from './span.ts';

/** What may follow. */
export type State = 'value' | 'name' | 'colon' | 'after' | 'done';

export interface Scalar extends Span {
  readonly isWord: boolean;
  readonly line: number;
}

export interface ClosedPair {
  readonly opened: Opened;
  /** Of its closing bracket. */
  readonly at: number;
  readonly standing: Standing;
}

interface Comma extends Span {
  readonly behind: ClosedPair | undefined;
}

const RISE: Partial<Record<Token, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** How far a text with slips was read, and what is known at that place. */
export class Progress {
  readonly text: string;
  readonly slips: SlipList;
  readonly scanner: Scanner;
  readonly stack: Opened[] = [];
  readonly nesting = new Nesting();
  state: State = 'value';
  /** Where the token before ends. */
  previousEnd = 0;
  /** A comma that nothing has followed yet. */
  comma: Comma | undefined;
  /** The last token, where it is a text, word or number in the place of a value. */
  scalar: Scalar | undefined;
  /** The colon of the member whose value is being read. */
  colon: (Span & { readonly line: number }) | undefined;
  /** The last token, where it is a closing bracket. */
  closed: ClosedPair | undefined;
  /** The pair before the comma before the last token. */
  sibling: ClosedPair | undefined;
  /** The last value is not known, nor whether a comma has to follow. */
  isLoose = false;
  /** Members without an object of their own, which may belong to the object before them. */
  readonly doubtful = new Set<Opened>();
  /** The first pair that, by its place, its closing bracket may have closed too early. */
  misleading: ClosedPair | undefined;
  /** An element behind its list was told of, and how to move it into the list. */
  hasMoved = false;
  /** How many more brackets the rest of the text closes than it opens, once that was asked. */
  #rest: number | undefined;

  constructor(text: string, slips: SlipList) {
    this.text = text;
    this.slips = slips;
    this.scanner = new Scanner(text, slips);
  }

  /** What is open where the scanner stands. */
  get top(): Opened | undefined {
    return this.stack.at(-1);
  }

  isOver(): boolean {
    return this.scanner.isLost || this.slips.isFull;
  }

  /** How many more brackets are closed behind the last token than are opened there. */
  get rest(): number {
    this.#rest ??= closedFrom(this.text, this.scanner.end);
    return this.#rest;
  }

  /** Whether the rest of the text closes one bracket more than are open. */
  get closesOneMore(): boolean {
    return this.rest === this.stack.length + 1;
  }

  next(): void {
    this.scanner.next(this.#expected());
    if (this.#rest !== undefined) this.#rest += RISE[this.scanner.token] ?? 0;
  }

  #expected(): Expected {
    if (this.state === 'name') return 'name';
    const inObject = this.top?.mark === '{';
    if (this.state === 'after') return inObject ? 'name' : 'item';
    return inObject ? 'value' : 'item';
  }

  add(slip: Slip): void {
    this.slips.add(slip);
  }

  /** After this slip nothing can be read. */
  lose(slip: Slip): void {
    this.slips.add(slip);
    this.scanner.isLost = true;
  }

  /** Tells of the mark which the scanner stands at if it is written in another way. */
  mark(): void {
    const { odd } = this.scanner;
    if (odd) this.add(oddMark(odd, this.scanner));
  }

  open(mark: Opening): void {
    this.mark();
    const { start, line, indent } = this.scanner;
    this.push({ mark, offset: start, line, indent, hasComma: false, isAssumed: false });
    this.state = mark === '{' ? 'name' : 'value';
  }

  push(opened: Opened): void {
    this.stack.push(opened);
    this.comma = undefined;
    this.scalar = undefined;
    this.isLoose = false;
  }

  /** The last opened bracket is closed by the one at `at`. */
  pop(at: number): void {
    const opened = this.stack.pop();
    if (!opened) return;
    this.nesting.close(opened, this.top, this.scanner);
    this.closed = { opened, at, standing: standingOf(this.text, opened, this.scanner) };
    this.scalar = undefined;
    this.valueTaken();
  }

  valueTaken(): void {
    this.comma = undefined;
    this.isLoose = false;
    this.state = this.stack.length === 0 ? 'done' : 'after';
  }

  takeGap(): void {
    this.scalar = undefined;
    this.valueTaken();
    this.isLoose = true;
  }

  takeColon(): void {
    this.mark();
    const { start, end, line } = this.scanner;
    this.colon = { start, end, line };
    this.state = 'value';
  }

  takeComma(): void {
    const { start, end, odd } = this.scanner;
    const { closed, top } = this;
    if (top) top.hasComma = true;
    const hides = closed?.opened.mark === top?.mark && closed?.standing !== 'clear';
    if (hides) this.misleading ??= closed;
    this.comma = { start, end, behind: closed };
    this.scalar = undefined;
    // One before a closing bracket is to go, not to be written in another way.
    const isLast = odd && /^\s*[}\]\uff5d\uff3d]/.test(this.text.slice(end, end + 200));
    if (!isLast) this.mark();
  }
}

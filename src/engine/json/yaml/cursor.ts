/** A place in a text, and the classes of characters that YAML knows. */

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

export const isBlank = (unit: number) => unit === SPACE || unit === TAB;
export const isBreak = (unit: number) => unit === LF || unit === CR;
/** A blank, the end of a line or (NaN) of the text. */
export const isBlankOrEnd = (unit: number) => isBlank(unit) || isBreakOrEnd(unit);
export const isBreakOrEnd = (unit: number) => isBreak(unit) || Number.isNaN(unit);

/** Reads a text unit by unit, and knows line and column of where it stands (both from 0). */
export class Cursor {
  readonly text: string;
  offset = 0;
  line = 0;
  lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  get column(): number {
    return this.offset - this.lineStart;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.text.length;
  }

  /** The unit `ahead` of here; NaN past the end. */
  unit(ahead = 0): number {
    return this.text.charCodeAt(this.offset + ahead);
  }

  skip(units = 1): void {
    this.offset += units;
  }

  /** A mark before the text is no part of its first line. */
  skipByteOrderMark(): void {
    if (this.offset === 0) this.lineStart = 1;
    this.offset += 1;
  }

  skipBlanks(): void {
    while (isBlank(this.unit())) this.offset += 1;
  }

  /** To the end of the line. */
  skipToBreak(): void {
    while (!isBreakOrEnd(this.unit())) this.offset += 1;
  }

  /** Past the end of the line, where one is here. */
  skipBreak(): void {
    const unit = this.unit();
    if (!isBreak(unit)) return;
    this.offset += unit === CR && this.unit(1) === LF ? 2 : 1;
    this.line += 1;
    this.lineStart = this.offset;
  }

  /** Whether `---` or `...` stands here, at the beginning of a line. */
  isAtDocumentMark(mark?: '---' | '...'): boolean {
    if (this.offset !== this.lineStart || !isBlankOrEnd(this.unit(3))) return false;
    const found = this.text.slice(this.offset, this.offset + 3);
    return mark === undefined ? found === '---' || found === '...' : found === mark;
  }
}

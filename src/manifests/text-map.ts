import type { Range } from '../engine/json/position.ts';

/**
 * A stretch of a text and the stretch of the file that stands for it, in UTF-16 units from their
 * starts. Of equal lengths they hold the same characters; otherwise the one becomes the other as a
 * whole, as `\n` in quotes becomes a line break.
 */
export interface Piece {
  readonly from: number;
  readonly length: number;
  readonly at: number;
  readonly size: number;
}

/** Where each character of a text stands in the file that it was read from. */
export class TextMap {
  /** In the order of the text, without gaps in it. */
  readonly #pieces: readonly Piece[];
  /** Where an empty text stands. */
  readonly #start: number;

  constructor(pieces: readonly Piece[], start: number) {
    this.#pieces = pieces;
    this.#start = start;
  }

  /** A text that is the file itself, from `at` on. */
  static verbatim(length: number, at = 0): TextMap {
    return new TextMap([{ from: 0, length, at, size: length }], at);
  }

  /** Where in the file the character at `offset` begins; past the end of the text, where it ends. */
  offsetOf(offset: number): number {
    const piece = this.#pieceAt(offset);
    if (!piece) return this.#start;
    const inside = offset - piece.from;
    if (inside >= piece.length) return piece.at + piece.size;
    return isVerbatim(piece) ? piece.at + inside : piece.at;
  }

  /** Where in the file the characters of a range stand, from the first of them to the last. */
  rangeOf({ offset, length }: Range): Range {
    const start = this.offsetOf(offset);
    return { offset: start, length: Math.max(0, this.#endOf(offset + length, start) - start) };
  }

  /** The map of the text without its first `length` characters. */
  from(length: number): TextMap {
    const pieces = this.#pieces.flatMap((piece) => {
      const cut = Math.max(0, length - piece.from);
      if (cut >= piece.length) return [];
      const { at, size } = piece;
      const rest = isVerbatim(piece) ? { at: at + cut, size: size - cut } : { at, size };
      return [{ from: piece.from + cut - length, length: piece.length - cut, ...rest }];
    });
    return new TextMap(pieces, this.offsetOf(length));
  }

  /** Where the characters before `offset` end in the file. */
  #endOf(offset: number, start: number): number {
    const piece = offset > 0 ? this.#pieceAt(offset - 1) : undefined;
    if (!piece) return start;
    const inside = offset - piece.from;
    return isVerbatim(piece) ? piece.at + Math.min(inside, piece.length) : piece.at + piece.size;
  }

  /** The piece that `offset` falls into; of one past the end, the last. */
  #pieceAt(offset: number): Piece | undefined {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#pieces[middle]?.from ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#pieces[low];
  }
}

const isVerbatim = ({ length, size }: Piece) => length === size;

/** Puts pieces together while a text is decoded. */
export class PieceList {
  readonly pieces: Piece[] = [];
  text = '';

  /** Characters that stand in the file as they are. */
  copy(characters: string, at: number): void {
    this.add(characters, at, characters.length);
  }

  /** Characters that `size` characters of the file stand for. */
  add(characters: string, at: number, size: number): void {
    if (characters === '') return;
    this.pieces.push({ from: this.text.length, length: characters.length, at, size });
    this.text += characters;
  }
}

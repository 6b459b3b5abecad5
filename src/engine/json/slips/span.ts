import type { Range } from '../position.ts';
import { range } from './slip.ts';

/** A stretch of the text, by its ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export const rangeOf = ({ start, end }: Span): Range => range(start, end);

/** The place right behind something. */
export const behind = (offset: number): Range => range(offset, offset + 1);

import type { Range } from './position.ts';

/** What keeps a text from being read as JSON, or from being read as Go reads it. */
export interface JsonProblem {
  /** A text without any content is no JSON either, and has a kind of its own. */
  readonly kind: 'empty' | 'syntax' | 'depth' | 'size' | 'number';
  readonly message: string;
  /** What to do, where it can be told. */
  readonly fix?: string;
  readonly at: Range;
}

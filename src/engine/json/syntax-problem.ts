import type { TextEdit } from './edit.ts';
import type { Range } from './position.ts';
import type { SlipKind } from './slips/slip.ts';

/**
 * Values of one text that are read, each member's and each element's. Rules look at every one of them
 * in turn, which costs far more than a text's length. A long chain has some hundred.
 */
export const MAX_VALUES = 3_000;

export const TOO_MANY_VALUES = `the text has more than ${MAX_VALUES} values; the guard reads no more, and no configuration of Terway needs as many`;

/** What keeps a text from being read, or from being read as Go reads it. */
export interface JsonProblem {
  readonly kind: 'syntax' | 'depth' | 'size' | 'number';
  /** Of a syntax error: which one. */
  readonly slip?: SlipKind;
  /** In the words people search for. Quotes nothing of the text, so that it suits secret ones. */
  readonly message: string;
  /** What to do, in words that quote nothing of the text either. */
  readonly fix?: string;
  /** What to write in place of what `at` marks, where that is certain; may hold text of the document. */
  readonly paste?: string;
  /** What mends it, where that is certain; no two of a document's edits overlap. */
  readonly edits?: readonly TextEdit[];
  readonly at: Range;
}

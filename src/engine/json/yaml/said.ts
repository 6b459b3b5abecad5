import type { TextEdit } from '../edit.ts';
import type { JsonProblem } from '../syntax-problem.ts';

/** What is said about a failure, in the words people search for. */
export type Said = Pick<JsonProblem, 'message' | 'fix'> & {
  readonly kind?: JsonProblem['kind'];
  readonly at?: JsonProblem['at'];
  /** Made only where the text can be read with them. */
  readonly edits?: readonly TextEdit[];
};

import type { Range } from '../position.ts';

/** Why a text can't be read as YAML. */
export type FailureKind =
  | 'control-character'
  | 'tab'
  | 'value-place'
  | 'key-place'
  | 'item-place'
  | 'missing-colon'
  | 'indentation'
  | 'rest'
  | 'odd-start'
  | 'unclosed-quote'
  | 'escape'
  | 'block-header'
  | 'anchor'
  | 'tag'
  | 'directive'
  | 'unclosed-bracket'
  | 'wrong-bracket'
  | 'missing-comma'
  | 'item-in-brackets'
  | 'unexpected'
  | 'unknown-anchor'
  | 'endless-alias'
  | 'merge'
  | 'name'
  | 'binary'
  | 'depth'
  | 'size'
  | 'values';

/** Thrown where a text stops being YAML that Terway can read; the reader of the text catches it. */
export class YamlFailure extends Error {
  readonly kind: FailureKind;
  readonly at: Range;
  /** Another place that it is about: the bracket that is open, the text that goes on to here. */
  readonly from: Range | undefined;
  /** Columns, from 0, in which the line may begin. */
  readonly columns: readonly number[];

  constructor(
    kind: FailureKind,
    offset: number,
    { end = offset + 1, from, columns = [] }: FailureDetails = {},
  ) {
    super(kind);
    this.kind = kind;
    this.at = { offset, length: Math.max(1, end - offset) };
    this.from = from;
    this.columns = columns;
  }
}

export interface FailureDetails {
  readonly end?: number;
  readonly from?: Range | undefined;
  readonly columns?: readonly number[];
}

/** The marks and texts that YAML is made of. */
export type TokenType =
  | 'document-start'
  | 'document-end'
  | 'stream-end'
  | 'directive'
  | 'block-list'
  | 'block-object'
  | 'block-end'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  /** Before an element in block style. */
  | '-'
  /** Before a name; written or not. */
  | '?'
  /** Before a value. */
  | ':'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

export interface Token {
  readonly type: TokenType;
  /** In UTF-16 units; a token that is not written has no length. */
  readonly start: number;
  readonly end: number;
  readonly column: number;
  /** Of a scalar, its text; of an alias or anchor, its name; of a tag, the tag. */
  readonly value: string;
  readonly style: ScalarStyle | undefined;
}

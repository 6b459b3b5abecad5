/** Something that facts are learnt from, as it stands now. */
export interface FactSourceState {
  /** Stable, of a small set: `nodes`, `terway`, `stored-object`. */
  readonly name: string;
  /** When it last gave an answer, in milliseconds since 1970; undefined before the first one. */
  readonly lastSuccessMs: number | undefined;
  /** Whether the latest attempt failed. */
  readonly failing: boolean;
}

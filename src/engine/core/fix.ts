/** What to do about a finding; its text is printable and has no final full stop. */
export interface Fix {
  /** `paste`: text for the object as an editor shows it, never folded. `prose`: words. */
  readonly kind: 'paste' | 'prose';
  readonly text: string;
}

/** A fix to copy into the object: `"snat": true`. */
export const paste = (text: string): Fix => ({ kind: 'paste', text });

/** A fix in words: `remove this entry`. */
export const prose = (text: string): Fix => ({ kind: 'prose', text });

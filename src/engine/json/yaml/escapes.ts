/** What a backslash makes of the character behind it, in double quotes. Source: YAML 1.1, chapter 5.6. */
export const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

/** Hexadecimal digits behind a backslash and this letter. */
export const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

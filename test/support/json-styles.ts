import fc from 'fast-check';

/** JSON as different people and programs write it. */
export interface JsonStyle {
  /** Before each member and item, once a level; undefined: no line breaks at all. */
  readonly indent: string | undefined;
  readonly eol: '\n' | '\r\n';
  readonly comma: 'trailing' | 'leading';
  /** Between a name and its value. */
  readonly colon: string;
  /** Between values on one line, and inside the brackets around them. */
  readonly gap: string;
  /** Values at this level and below stand on one line. */
  readonly flatFrom: number;
  /** After the document. */
  readonly end: string;
}

const MINIFIED: JsonStyle = {
  indent: undefined,
  eol: '\n',
  comma: 'trailing',
  colon: ':',
  gap: '',
  flatFrom: 0,
  end: '',
};

export const anyStyle: fc.Arbitrary<JsonStyle> = fc.oneof(
  fc.constant(MINIFIED),
  fc.record({
    indent: fc.constantFrom('  ', '    ', '\t', ' ', ''),
    eol: fc.constantFrom('\n', '\r\n'),
    comma: fc.constantFrom('trailing', 'leading'),
    colon: fc.constantFrom(': ', ':', ' : ', ':\t', ':  '),
    gap: fc.constantFrom('', ' '),
    flatFrom: fc.integer({ min: 0, max: 5 }),
    end: fc.constantFrom('', '\n', '\r\n', '\n\n', ' '),
  }),
);

/** `value` as JSON text in a style. */
export function printJson(value: unknown, style: JsonStyle): string {
  return `${print(value, style, 0)}${style.end}`;
}

function print(value: unknown, style: JsonStyle, level: number): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => print(item, style, level + 1));
    return bracketed('[', items, ']', style, level);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}${style.colon}${print(member, style, level + 1)}`,
  );
  return bracketed('{', members, '}', style, level);
}

function bracketed(
  open: string,
  parts: readonly string[],
  close: string,
  { indent, eol, comma, gap, flatFrom }: JsonStyle,
  level: number,
): string {
  if (parts.length === 0) return `${open}${close}`;
  if (indent === undefined || level >= flatFrom) {
    return `${open}${gap}${parts.join(`,${gap}`)}${gap}${close}`;
  }
  const line = `${eol}${indent.repeat(level + 1)}`;
  const separator = comma === 'trailing' ? `,${line}` : `${line}, `;
  return `${open}${line}${parts.join(separator)}${eol}${indent.repeat(level)}${close}`;
}

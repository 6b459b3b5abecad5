/** A token of a valid JSON text. */
export interface JsonToken {
  readonly kind: 'name' | 'text' | 'number' | 'word' | '{' | '}' | '[' | ']' | ',' | ':';
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/** The tokens of a valid JSON text, in order. */
export function jsonTokens(text: string): JsonToken[] {
  return Array.from(text.matchAll(TOKEN), (match) => {
    const [source] = match;
    const end = match.index + source.length;
    return { kind: kindOf(source, text.slice(end)), source, start: match.index, end };
  });
}

function kindOf(source: string, rest: string): JsonToken['kind'] {
  if (source.startsWith('"')) return /^\s*:/.test(rest) ? 'name' : 'text';
  if (/^[-\d]/.test(source)) return 'number';
  return /^[a-z]/.test(source) ? 'word' : (source as JsonToken['kind']);
}

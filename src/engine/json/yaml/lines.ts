/** The lines of a text, by the offsets at which they begin and end. */

export interface Line {
  readonly start: number;
  /** The line end is not part of it. */
  readonly end: number;
  /** Where its first character stands that is no blank. */
  readonly first: number;
}

/** The line that holds an offset. */
export function lineAround(text: string, offset: number): Line {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const end = newline === -1 ? text.length : newline;
  const stop = text.charAt(end - 1) === '\r' ? end - 1 : end;
  return {
    start,
    end: Math.max(stop, start),
    first: start + text.slice(start, stop).search(/[^ \t]|$/),
  };
}

/** The offset at which the line after this one begins. */
export const nextLine = (text: string, end: number) => {
  const newline = text.indexOf('\n', end);
  return newline === -1 ? text.length : newline + 1;
};

/** The nearest line above that is neither empty nor a comment. */
export function previousLine(text: string, start: number): string {
  for (let end = start - 1; end > 0;) {
    const from = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(from, end);
    if (/^[ \t]*[^ \t\r#]/.test(line)) return line;
    end = from - 1;
  }
  return '';
}

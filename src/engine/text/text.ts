/**
 * User text made safe to show. kubectl copies a denial into YAML comments and prints it raw on the
 * terminal, so one control character can break the editor or paint the screen.
 */

// C0 and C1 controls, line and paragraph separators, direction overrides, byte-order mark, lone
// surrogates: everything a terminal, a YAML reader or a reader's eye may take for structure.
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Most texts have none of these, which is told sooner than by a replacement. */
const NOT_PLAIN = /[^ -~]/;

const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * `text` with every unsafe character as a JSON escape (`\u001b`). At most `limit` UTF-16 units of
 * it are kept, which escapes can make up to six times as long. Inside a JSON string the result
 * still means the same, so it can be pasted.
 */
export function printable(text: string, limit = 200): string {
  const shown = text.length > limit ? `${beginning(text, limit)}...` : text;
  return NOT_PLAIN.test(shown) ? shown.replace(UNSAFE, escapeUnit) : shown;
}

/** `text` in at most `limit` UTF-16 units, ending in `...` when cut; never inside a character. */
export function shortened(text: string, limit: number): string {
  return text.length > limit ? `${beginning(text, limit - '...'.length)}...` : text;
}

/** The first `length` units, less one where that would split a surrogate pair. */
function beginning(text: string, length: number): string {
  const splitsPair = (text.codePointAt(length - 1) ?? 0) > 0xffff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** `text` in double quotes as JSON would write it, safe to show, cut to `limit` units. */
export function quoted(text: string, limit = 80): string {
  if (text.length <= limit) return printable(JSON.stringify(text), Infinity);
  return printable(`${JSON.stringify(text.slice(0, limit)).slice(0, -1)}..."`, Infinity);
}

/** `text` safe to show inside one line of source: tabs become one space so that a caret aligns. */
export function sourceText(text: string): string {
  return text.replaceAll('\t', ' ').replace(UNSAFE, '?');
}

/**
 * Folds each line of `text` at spaces so that no line is longer than `width`; continuation lines
 * start with `indent`, and `used` characters of the first line are taken already. A word longer
 * than a line is left whole: it may be something to paste.
 */
export function wrap(text: string, width: number, indent: string, used = 0): string {
  return text
    .split('\n')
    .map((line, index) => wrapLine(line, width, indent, index === 0 ? used : 0))
    .join('\n');
}

function wrapLine(line: string, width: number, indent: string, used: number): string {
  if (line.length <= width - used) return line;
  const [first = '', ...words] = line.trimStart().split(' ');
  const lines: string[] = [];
  let current = `${line.slice(0, line.length - line.trimStart().length)}${first}`;
  let room = width - used;
  for (const word of words) {
    const joined = `${current} ${word}`;
    if (joined.length <= room) {
      current = joined;
    } else {
      lines.push(current);
      current = `${indent}${word}`;
      room = width;
    }
  }
  return [...lines, current].join('\n');
}

/** `1 problem`, `2 problems`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(items: readonly string[], conjunction = 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}

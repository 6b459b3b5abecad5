import { positionAt } from '../position.ts';
import type { YamlFailure } from './failure.ts';
import { lineAround } from './lines.ts';
import type { Said } from './said.ts';

/** Says what is wrong between [ ] and { }. */

/** `[ of line 3`. */
function opened(text: string, { from }: YamlFailure): string {
  const open = from?.offset ?? 0;
  return `${text.charAt(open)} of line ${positionAt(text, open).line}`;
}

export function unclosedBracket(text: string, offset: number): Said {
  const close = text.charAt(offset) === '[' ? ']' : '}';
  return {
    message: `the ${text.charAt(offset)} that opens here is not closed`,
    fix: `put ${close} behind its last element`,
    edits: [{ offset: text.trimEnd().length, length: 0, text: close }],
  };
}

export function missingComma(text: string, failure: YamlFailure): Said {
  const { offset } = failure.at;
  const line = lineAround(text, offset);
  const { from } = failure;
  // The bracket has taken in the next lines of a list.
  if (from && from.offset < line.start && /^-[ \t]/.test(text.slice(line.first, offset))) {
    return { ...unclosedBracket(text, from.offset), at: from };
  }
  if (text.charAt(offset) === ':') {
    const before = /\s+["']?[^\s,[\]{}:"']+["']?\s*$/.exec(
      text.slice(failure.from?.offset ?? 0, offset),
    );
    const at = before ? (failure.from?.offset ?? 0) + before.index : offset;
    return {
      at: { offset: at, length: 1 },
      message: 'a comma is missing here, between [ ] and { } it separates members',
      fix: 'put a comma here',
      edits: before ? [{ offset: at, length: 0, text: ',' }] : [],
    };
  }
  const before = text.slice(0, offset).trimEnd().length;
  return {
    at: { offset: Math.max(0, before - 1), length: 1 },
    message: 'a comma is missing behind this, between [ ] and { } it separates members',
    fix: 'put a comma behind it',
    edits: [{ offset: before, length: 0, text: ',' }],
  };
}

export function wrongBracket(text: string, failure: YamlFailure): Said {
  const { at } = failure;
  const bracket = text.charAt(at.offset);
  return {
    message: `a ${bracket} that does not close the ${opened(text, failure)}`,
    fix: 'close brackets in the order in which they open',
    edits: [{ ...at, text: bracket === ']' ? '}' : ']' }],
  };
}

export function itemInBrackets(text: string, failure: YamlFailure): Said {
  return {
    message: `a "-" inside the ${opened(text, failure)}`,
    fix: 'close the bracket before it, or separate elements by commas and without "-"',
  };
}

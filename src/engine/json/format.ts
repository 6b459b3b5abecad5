import { type JsonNode, valueOf } from './node.ts';
import { printable } from '../text/text.ts';

/** Longer texts are not offered: they are too long to paste into an editor. */
export const MAX_PASTE = 1500;

/**
 * A value as JSON on one line, ready to paste: control characters are escaped, the meaning stays.
 * Past 1500 characters it is cut and ends in `...`.
 */
export function jsonText(node: JsonNode): string {
  return printable(spaced(valueOf(node)), MAX_PASTE);
}

/** JSON with a space after commas and colons, as people write it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`,
  );
  return `{${members.join(', ')}}`;
}

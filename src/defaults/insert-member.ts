import type { Range } from '../core/position.ts';
import { type JsonMember, type JsonNode, members } from '../core/json-node.ts';

/**
 * `text` with one member added at the end of an object. Only bytes are inserted: what separates
 * the last two members (or stands around the only one) is copied, so that indentation, line ends
 * and spacing go on as they were, minified text included. `value` is JSON text.
 */
export function insertMember(text: string, object: JsonNode, name: string, value: string): string {
  const present = members(object);
  const last = present.at(-1);
  if (!last) {
    const inside = object.offset + 1;
    return `${text.slice(0, inside)}${JSON.stringify(name)}: ${value}${text.slice(inside)}`;
  }
  const colon = text.slice(endOf(last.nameNode), last.value.offset);
  const end = endOf(last.value);
  const lead =
    separatorBefore(text, object, last, present.at(-2)) || (/\s$/.test(colon) ? ' ' : '');
  const comma = lead.includes(',') ? '' : ',';
  return `${text.slice(0, end)}${comma}${lead}${JSON.stringify(name)}${colon}${value}${text.slice(end)}`;
}

/** What stands between the last member and the one before it, or the opening brace. */
function separatorBefore(
  text: string,
  object: JsonNode,
  last: JsonMember,
  beforeLast: JsonMember | undefined,
): string {
  const start = beforeLast ? endOf(beforeLast.value) : object.offset + 1;
  return text.slice(start, last.nameNode.offset);
}

const endOf = ({ offset, length }: Range) => offset + length;

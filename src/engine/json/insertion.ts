import type { Range } from './position.ts';
import type { JsonMember, JsonNode, JsonObject } from './node.ts';

/** A member to add: a name, or names of objects inside each other, and a value as JSON text. */
export interface NewMember {
  readonly path: readonly [string, ...string[]];
  readonly value: string;
}

/** Text to put in at a place of a document, in UTF-16 units from its start. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** The member as JSON text; `colon` is what stands between a name and its value. */
export function memberText({ path: [name, ...rest], value }: NewMember, colon = ': '): string {
  const nested = rest.reduceRight(
    (inner, step) => `{${JSON.stringify(step)}${colon}${inner}}`,
    value,
  );
  return `${JSON.stringify(name)}${colon}${nested}`;
}

/**
 * What adds members at the end of an object. What separates its last two members (or stands around
 * the only one) is copied, so that indentation, line ends and spacing go on as they were, minified
 * text included.
 */
export function insertionOf(
  text: string,
  object: JsonObject,
  added: readonly NewMember[],
): Insertion {
  const colon = colonAround(text, object);
  const isSpaced = /\s$/.test(colon);
  const last = object.members.at(-1);
  if (!last) {
    const list = added.map((member) => memberText(member, colon));
    return { offset: object.offset + 1, text: list.join(isSpaced ? ', ' : ',') };
  }
  const lead = separatorBefore(text, object, last, object.members.at(-2)) || (isSpaced ? ' ' : '');
  const comma = lead.includes(',') ? '' : ',';
  return {
    offset: endOf(last.value),
    text: added.map((member) => `${comma}${lead}${memberText(member, colon)}`).join(''),
  };
}

/** The colon with its spacing as the object, or the nearest one around it, writes it. */
function colonAround(text: string, object: JsonObject): string {
  for (let node: JsonNode | undefined = object; node; node = node.parent) {
    const last = node.type === 'object' ? node.members.at(-1) : undefined;
    if (last) return text.slice(endOf(last.nameNode), last.value.offset);
  }
  return ': ';
}

/** `text` with all insertions made; their places are those in `text` itself. */
export function insertAll(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let done = 0;
  for (const insertion of [...insertions].sort((a, b) => a.offset - b.offset)) {
    result += text.slice(done, insertion.offset) + insertion.text;
    done = insertion.offset;
  }
  return result + text.slice(done);
}

/** What stands between the last member and the one before it, or the opening brace. */
function separatorBefore(
  text: string,
  object: JsonObject,
  last: JsonMember,
  beforeLast: JsonMember | undefined,
): string {
  const start = beforeLast ? endOf(beforeLast.value) : object.offset + 1;
  return text.slice(start, last.nameNode.offset);
}

const endOf = ({ offset, length }: Range) => offset + length;

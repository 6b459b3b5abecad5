import type { JsonNode, JsonObject } from './node.ts';
import { printable } from '../text/text.ts';

/** Longer texts are not offered: they are too long to paste into an editor. */
export const MAX_PASTE = 1500;

/**
 * A value as JSON on one line, ready to paste: control characters are escaped, the meaning stays.
 * Past 1500 characters it is cut and ends in `...`.
 */
export function jsonText(node: JsonNode): string {
  const writer = new Writer();
  writer.write(node);
  return printable(writer.text, MAX_PASTE);
}

/** JSON with a space after commas and colons, as people write it, up to what is shown of it. */
class Writer {
  text = '';

  write(node: JsonNode): void {
    if (node.type === 'array') {
      this.#writeAll('[', node.items, (item) => this.write(item), ']');
    } else if (node.type === 'object') {
      this.#writeAll('{', lastValues(node), (member) => this.#writeMember(member), '}');
    } else {
      this.text += node.type === 'string' ? stringText(node.value) : JSON.stringify(node.value);
    }
  }

  #writeMember([name, value]: readonly [string, JsonNode]): void {
    this.text += `${JSON.stringify(name)}: `;
    this.write(value);
  }

  #writeAll<T>(open: string, parts: Iterable<T>, write: (part: T) => void, close: string): void {
    let separator = open;
    for (const part of parts) {
      // What a long value holds beyond that is not even looked at.
      if (this.text.length > MAX_PASTE) return;
      this.text += separator;
      write(part);
      separator = ', ';
    }
    this.text += separator === open ? `${open}${close}` : close;
  }
}

/** As many as can be shown; of equal names the last counts, as in Go. */
function lastValues({ members }: JsonObject): Map<string, JsonNode> {
  const shown = members.length > MAX_PASTE ? members.slice(0, MAX_PASTE) : members;
  return new Map(shown.map(({ name, value }) => [name, value]));
}

const stringText = (text: string) =>
  JSON.stringify(text.length > MAX_PASTE ? text.slice(0, MAX_PASTE + 1) : text);

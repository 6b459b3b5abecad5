/**
 * Objects in the encoding that API servers keep them in. A list costs them and the reader a fraction of what
 * it does as JSON: every part tells its length, and what is not asked for is passed over unread.
 * Source: protobuf.dev, "Encoding".
 */

/** What is read of a message: fields by their numbers. */
export type Message = readonly (Field | undefined)[];

type Kind = 'text' | 'number' | 'boolean' | 'time' | 'labels' | Message | ReadBytes;

/** Reads a message that it is told the bytes of, which hold no longer than the call. */
type ReadBytes = (bytes: Buffer) => unknown;

interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly isList: boolean;
}

/** A message of these fields, each with its number. */
export function messageOf(fields: Readonly<Record<number, Field>>): Message {
  const message: (Field | undefined)[] = [];
  for (const [number, field] of Object.entries(fields)) message[Number(number)] = field;
  // Without gaps, which V8 would look up in the prototypes.
  return Array.from(message);
}

export const one = (name: string, kind: Kind): Field => ({ name, kind, isList: false });
export const many = (name: string, kind: Kind): Field => ({ name, kind, isList: true });

/**
 * Adds the fields in these bytes to `object`, as JSON has them; empty texts are left out, as they are
 * there. Throws RangeError for bytes that are no fields.
 */
export function readFields(bytes: Buffer, message: Message, object: object): void {
  new Reader(bytes, 0).read(message, bytes.length, object as Fields);
}

/** Number and length of a field take no more than this, in bytes. */
export const LONGEST_HEAD = 20;

/**
 * The field that begins at `from`: its number, where its value begins, and where it ends, which may be
 * beyond these bytes. Throws RangeError for what is no field.
 */
export const fieldAt = (bytes: Buffer, from: number) => new Reader(bytes, from).place();

type Fields = Record<string, unknown>;

/** How a value is written: the last three bits of what stands before it. */
const WIRE = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

const LABEL = messageOf({ 1: one('key', 'text'), 2: one('value', 'text') });
const TIME = messageOf({ 1: one('seconds', 'number') });

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Reads the message from here to `end`. */
  read(message: Message, end: number, object: Fields): Fields {
    while (this.#at < end) {
      const key = this.#varint();
      const field = message[key >>> 3];
      const next = this.#endOfValue(key & 7);
      if (next > end) throw new RangeError('a field ends after its message');
      if (field) this.#put(object, field, next);
      this.#at = next;
    }
    return object;
  }

  place(): { readonly number: number; readonly value: number; readonly end: number } {
    const key = this.#varint();
    const end = this.#endOfValue(key & 7);
    return { number: key >>> 3, value: this.#at, end };
  }

  /** Where the value ends that comes next; what is left to read is the value itself. */
  #endOfValue(wire: number): number {
    switch (wire) {
      case WIRE.varint: {
        let end = this.#at;
        while ((this.#bytes[end] ?? 0) >= 0x80) end += 1;
        return end + 1;
      }
      case WIRE.bytes: {
        const length = this.#varint();
        if (length < 0) throw new RangeError('a length is negative');
        return this.#at + length;
      }
      case WIRE.eightBytes:
        return this.#at + 8;
      case WIRE.fourBytes:
        return this.#at + 4;
      default:
        throw new RangeError('no field begins like this');
    }
  }

  #put(object: Fields, { name, kind, isList }: Field, end: number): void {
    if (kind === 'labels') {
      const { key, value = '' } = this.read(LABEL, end, {}) as { key?: string; value?: string };
      const labels = (object[name] ??= Object.create(null)) as Record<string, string>;
      if (key !== undefined) labels[key] = value;
      return;
    }
    const value = this.#valueOf(kind, end);
    if (isList) ((object[name] ??= []) as unknown[]).push(value);
    else if (value !== '') object[name] = value;
  }

  #valueOf(kind: Exclude<Kind, 'labels'>, end: number): unknown {
    switch (kind) {
      case 'text':
        return this.#bytes.toString('utf8', this.#at, end);
      case 'number':
        return this.#varint();
      case 'boolean':
        return this.#varint() !== 0;
      case 'time': {
        const { seconds } = this.read(TIME, end, {}) as { seconds?: number };
        return seconds === undefined ? null : textOfTime(seconds);
      }
      default:
        return typeof kind === 'function'
          ? kind(this.#bytes.subarray(this.#at, end))
          : this.read(kind, end, {});
    }
  }

  /** A number of up to 64 bits with its sign, seven bits a byte, the lowest first. */
  #varint(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new RangeError('a number is too long');
      byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift <= 28) low |= bits << shift;
      if (shift >= 28) high |= shift === 28 ? bits >> 4 : bits << (shift - 32);
    }
    return high * 2 ** 32 + (low >>> 0);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('it ends too early');
    this.#at += 1;
    return byte;
  }
}

/** As Kubernetes writes it in JSON, to the second. */
const textOfTime = (seconds: number) =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

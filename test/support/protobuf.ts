/** Writes messages of protobuf, for what a real API server can't be made to send. */

/** The lowest seven bits first; of negative numbers the 64 bits of their complement. */
function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(number));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field with a number, or a boolean as 0 or 1. */
export const numberField = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field << 3), varint(value)]);

/** A field with a text, or with a message of these fields. */
export function field(field: number, ...value: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(value.map((part) => Buffer.from(part)));
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

/** A body as API servers send it: a magic number, then an `Unknown` with the object. */
export const bodyOf = (...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, field(1, 'v1'), field(2, 'PodList')),
    field(2, ...fields),
    field(3, ''),
    field(4, ''),
  ]);

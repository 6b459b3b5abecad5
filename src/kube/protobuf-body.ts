import { LONGEST_HEAD, type Message, fieldAt, readFields } from './protobuf.ts';

/** The content type of a body with an object in protobuf. Source: Kubernetes, "Kubernetes Protobuf encoding". */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What stands before the object, which is a field of a message `Unknown`. */
const MAGIC = 'k8s\0';
const OBJECT = 2;

/**
 * Bytes that have come and are still to be read. They are put together in one place that is used again:
 * buffers are freed with the next garbage collection, and are tens of MiB by then.
 */
class Pending {
  #room = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const former = this.bytes;
      this.#room = Buffer.allocUnsafe(2 * length);
      former.copy(this.#room);
    }
    chunk.copy(this.#room, this.#length);
    this.#length = length;
  }

  /** Takes away what stands before `end`. */
  drop(end: number): void {
    if (end === 0) return;
    this.#room.copyWithin(0, end, this.#length);
    this.#length -= end;
  }
}

/**
 * Reads these fields of the object in a body as its bytes come: of a list no more is held as bytes than
 * the item that is under way. Rejects with RangeError where it is none.
 */
export async function readObject(body: AsyncIterable<Buffer>, message: Message): Promise<object> {
  const object = {};
  const pending = new Pending();
  /** How much of the object is still to be read; undefined before it begins. */
  let left: number | undefined;
  const readWholeFields = (spare: number) => {
    const { bytes } = pending;
    let at = 0;
    if (left === undefined) {
      const place = findObject(bytes, spare);
      if (!place) return;
      at = place.value;
      left = place.end - place.value;
    }
    const from = at;
    const end = at + left;
    while (at < end && bytes.length - at > spare) {
      const next = fieldAt(bytes, at).end;
      if (next > bytes.length) break;
      at = next;
    }
    if (at > end) throw new RangeError('a field ends after the object');
    readFields(bytes.subarray(from, at), message, object);
    left = end - at;
    pending.drop(at);
  };
  for await (const chunk of body) {
    if (left === 0) continue;
    pending.add(chunk);
    readWholeFields(LONGEST_HEAD);
  }
  if (left !== 0) readWholeFields(0);
  if (left !== 0) throw new RangeError('it ends too early');
  return object;
}

/** Where the object is; undefined while there are too few bytes to tell. */
function findObject(bytes: Buffer, spare: number) {
  if (bytes.length <= MAGIC.length + spare) return undefined;
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new RangeError('no magic number');
  let at = MAGIC.length;
  while (bytes.length - at > spare) {
    const place = fieldAt(bytes, at);
    if (place.number === OBJECT) return place;
    at = place.end;
  }
  return undefined;
}

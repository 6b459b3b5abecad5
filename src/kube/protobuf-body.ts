import { LONGEST_HEAD, type Message, fieldAt, readFields } from './protobuf.ts';

/** The content type of a body with an object in protobuf. Source: Kubernetes, "Kubernetes Protobuf encoding". */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What stands before the object, which is a field of a message `Unknown`. */
const MAGIC = 'k8s\0';
const OBJECT = 2;

/**
 * Reads these fields of the object in a body as its bytes come: of a list no more is held as bytes than
 * the item that is under way. Rejects with RangeError where it is none.
 */
export async function readObject(body: AsyncIterable<Buffer>, message: Message): Promise<object> {
  const object = {};
  let bytes: Buffer = Buffer.alloc(0);
  /** How much of the object is still to be read; undefined before it begins. */
  let left: number | undefined;
  const readWholeFields = (spare: number) => {
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
    bytes = bytes.subarray(at);
  };
  for await (const chunk of body) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    if (left !== 0) readWholeFields(LONGEST_HEAD);
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

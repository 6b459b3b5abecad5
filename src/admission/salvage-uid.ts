import { readStrictly } from '../engine/json/reader.ts';
import { readUid } from './request.ts';

/** The API server writes the uid first, within some hundred characters. */
const MAX_LENGTH = 64 * 1024;

/**
 * `request.uid` of a body that can't be parsed as a whole (cut off, trailing bytes, a byte-order
 * mark, too many values), so that even then the answer can be addressed. Undefined when the uid does
 * not stand in the readable part of the beginning; a truncated one would not match any request.
 */
export function salvageUid(text: string): string | undefined {
  const { objects } = readStrictly(text.slice(0, MAX_LENGTH).replace(/^\ufeff/, ''), Infinity);
  const request = objects.find(
    ({ step, parent }) => step === 'request' && parent?.step === undefined,
  );
  return readUid(request?.members.find(({ name }) => name === 'uid')?.value.value);
}

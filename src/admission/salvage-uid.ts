import { MAX_DEPTH } from '../engine/json/document.ts';
import { readStrictly } from '../engine/json/reader.ts';
import { readUid } from './request.ts';

/**
 * `request.uid` of a body that is not valid JSON as a whole (cut off, trailing bytes, a byte-order
 * mark), so that even then the answer can be addressed. Undefined when the uid does not stand in
 * the readable part; a truncated one would not match any request.
 */
export function salvageUid(text: string): string | undefined {
  const { objects } = readStrictly(text.replace(/^\ufeff/, ''), MAX_DEPTH);
  const request = objects.find(
    ({ step, parent }) => step === 'request' && parent?.step === undefined,
  );
  return readUid(request?.members.find(({ name }) => name === 'uid')?.value.value);
}

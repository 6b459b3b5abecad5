import { base64Length, utf8Length } from '../text/byte-length.ts';
import type { ConfigMap } from './eni-config.ts';

/** Bytes of all values of a ConfigMap together, as the API server counts them. */
export function valueBytes({ data, binaryData }: ConfigMap): number {
  const texts = [...data.values()].map(utf8Length);
  const binaries = [...binaryData.values()].map(base64Length);
  return [...texts, ...binaries].reduce((sum, bytes) => sum + bytes, 0);
}

/** No fewer bytes than those: a UTF-16 unit takes three at most. Cheap, as no text is looked into. */
export function mostBytes({ data, binaryData }: ConfigMap): number {
  let units = 0;
  for (const text of data.values()) units += text.length;
  for (const text of binaryData.values()) units += text.length;
  return units * 3;
}

import type { ConfigMap } from '../core/eni-config.ts';
import { LineIndex } from '../json/position.ts';

const indexes = new WeakMap<ConfigMap, Map<string, LineIndex>>();

/**
 * The lines of the text under `key` of an object, looked for once: its findings are told in answer and
 * log, each with its place. Undefined where there is no such text.
 */
export function linesOf(object: ConfigMap, key: string): LineIndex | undefined {
  const text = object.data.get(key);
  if (text === undefined) return undefined;
  const ofObject = indexes.get(object) ?? new Map<string, LineIndex>();
  indexes.set(object, ofObject);
  const known = ofObject.get(key);
  if (known) return known;
  const lines = new LineIndex(text);
  ofObject.set(key, lines);
  return lines;
}

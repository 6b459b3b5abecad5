import { createHmac, hash, randomBytes } from 'node:crypto';
import {
  type Change,
  type ConfigMap,
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  touches,
} from '../engine/core/eni-config.ts';
import { printable } from '../engine/text/text.ts';

/** A key that a write adds, alters or removes, with hashes of its text before and after. */
export interface ChangedKey {
  readonly key: string;
  /** Absent when the key was not there before. */
  readonly before?: string;
  /** Absent when the key is not there afterwards. */
  readonly after?: string;
}

/** Keys whose texts hold no secrets by their purpose. Any other key may hold some. */
const OPEN_KEYS: readonly string[] = [CONF_KEY, CONFLIST_KEY, CNI_CHAIN_KEY];

/** No ConfigMap of Terway has a dozen keys; one of 1 MiB may have a hundred thousand. */
const MAX_KEYS = 20;

export type ChangedKeys = (change: Change) => {
  readonly changed: readonly ChangedKey[];
  readonly omitted: number;
};

/**
 * Makes the function that names the changed keys of a write. The chain gets a plain SHA-256, which
 * can be compared with a file in Git. A plain hash of a short secret is soon guessed, so every
 * other key gets an HMAC under a key that this process makes and never shows: it tells whether two
 * lines of one process speak of the same text, and nothing else.
 */
export function createChangedKeys(): ChangedKeys {
  const processKey = randomBytes(32);
  const hashOf = (key: string, object: ConfigMap | undefined): string | undefined => {
    const text = object?.data.get(key) ?? object?.binaryData.get(key);
    if (text === undefined) return undefined;
    if (OPEN_KEYS.includes(key)) return `sha256:${hash('sha256', text)}`;
    return `hmac-sha256:${createHmac('sha256', processKey).update(text).digest('hex')}`;
  };
  return (change) => {
    const keys = changedKeysOf(change);
    const changed = keys.slice(0, MAX_KEYS).map((key) => {
      const before = hashOf(key, change.old);
      const after = hashOf(key, change.new);
      return {
        key: printable(key),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
    });
    return { changed, omitted: keys.length - changed.length };
  };
}

function changedKeysOf(change: Change): string[] {
  const keys = new Set<string>();
  for (const object of [change.old, change.new]) {
    for (const texts of object ? [object.data, object.binaryData] : []) {
      for (const key of texts.keys()) if (touches(change, key)) keys.add(key);
    }
  }
  return [...keys];
}

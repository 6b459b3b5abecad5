import type { Fact } from '../../src/engine/core/facts.ts';
import { type Version, parseVersion } from '../../src/engine/core/version.ts';

/** A fact about a cluster that only a test knows: without an age, about all nodes alike. */
export const known = <T>(value: T): Fact<T> => ({ value, origin: 'a test' });

/** `text` is a version; anything else is a mistake in the test. */
export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw new TypeError(`not a version: ${text}`);
  return parsed;
}

export const knownVersion = (text: string): Fact<Version> => known(version(text));

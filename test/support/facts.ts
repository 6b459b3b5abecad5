import type { Fact } from '../../src/engine/core/facts.ts';
import { type Version, parseVersion } from '../../src/engine/core/version.ts';

/** Facts as the guard's configuration states them: without age, nodes or doubt. */

export const known = <T>(value: T): Fact<T> => ({
  value,
  source: { kind: 'configuration' },
});

/** `text` is a version; anything else is a mistake in the test. */
export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw new TypeError(`not a version: ${text}`);
  return parsed;
}

export const knownVersion = (text: string): Fact<Version> => known(version(text));

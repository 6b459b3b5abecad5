import type { Fact } from '../../src/engine/core/facts.ts';
import { type Version, parseVersion } from '../../src/engine/core/version.ts';

/** Facts as the guard's configuration states them: without age, nodes or doubt. */

export const known = <T>(value: T): Fact<T> => ({
  value,
  source: { kind: 'configuration' },
});

export const knownVersion = (text: string): Fact<Version> => known(parseVersion(text)!);

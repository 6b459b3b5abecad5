import type { BreakGlassAnswer } from '../../src/engine/core/break-glass.ts';
import type { Change, ConfigMap, User } from '../../src/engine/core/eni-config.ts';
import type { Data } from './config-maps.ts';

/** Changes of eni-config as values, for tests that call the engine without an API server. */

export const ALICE: User = { name: 'alice', groups: ['devs', 'system:authenticated'] };

/** A change with its author, ALICE unless given, and what came of a break-glass request. */
export interface Write extends Change {
  readonly user?: User;
  readonly breakGlass?: BreakGlassAnswer;
}

/** `binaryKeys` stand in binaryData, each with the same few bytes. */
export function configMap(data: Data, binaryKeys: readonly string[] = []): ConfigMap {
  return {
    data: new Map(Object.entries(data)),
    binaryData: new Map(binaryKeys.map((key) => [key, 'AAAA'])),
    immutable: false,
  };
}

export function creation(data: Data, user = ALICE): Write {
  return { operation: 'CREATE', old: undefined, new: configMap(data), user };
}

export function update(oldData: Data, newData: Data, user = ALICE): Write {
  return { operation: 'UPDATE', old: configMap(oldData), new: configMap(newData), user };
}

export function deletion(oldData: Data, user = ALICE): Write {
  return { operation: 'DELETE', old: configMap(oldData), new: undefined, user };
}

import type { StoredObject } from '../../engine/core/stored-object.ts';
import type { ChainPast } from './chain-periods.ts';

/**
 * What the managed fields of eni-config tell of its past: what is stored has stood there since they
 * were last written, or longer. Undefined stands for an eni-config that does not exist.
 */
export function pastByManagedFields(stored: StoredObject | undefined): ChainPast {
  if (stored?.changedMs === undefined) return { origin: 'nothing', periods: [] };
  const { changedMs: since, configMap: object } = stored;
  return { origin: 'managed-fields', periods: [{ since, chain: 'current', object }] };
}

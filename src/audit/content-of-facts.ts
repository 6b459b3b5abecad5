import type { Facts } from '../engine/core/facts.ts';

/** Facts as a text that is the same while they say the same, however old they are. */
export function contentOf(facts: Facts): string {
  return JSON.stringify(facts, (name, value: unknown) => {
    if (name === 'asOf' || name === 'learntAt') return undefined;
    return value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
  });
}

import type { Change } from './eni-config.ts';

/** Whether a review of the two finds the same: they are equal in every member, and maps in their order, too. */
export const isSameChange = (one: Change, other: Change): boolean => areEqual(one, other);

function areEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size && areEqual([...one], [...other]);
  }
  if (!isHolder(one) || !isHolder(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && areEqual(one[name], other[name]));
}

/** An object or a list, which have members in common; a Map has none. */
const isHolder = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Map);

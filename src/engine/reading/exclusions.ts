import { type DecodedObject, valueAt } from './decoded-object.ts';

/** Members that a program does not take together, as the catalogue has them (`excludes`). */

/** Pairs of which both stand in a decoded; the second is the one that excludes the first. */
export function* clashes(
  decoded: DecodedObject,
): Generator<readonly [name: string, excluding: string]> {
  for (const { field } of decoded.read) {
    const { name: excluding, spec } = field;
    const name = spec.excludes;
    if (name === undefined) continue;
    if (valueAt(decoded, name) && valueAt(decoded, excluding)) yield [name, excluding];
  }
}

/** Whether a member of this name would stand beside one that it can't stand beside. */
export function isExcluded({ members, read, fields }: DecodedObject, name: string): boolean {
  const other = fields[name]?.excludes;
  if (other !== undefined && members.has(other)) return true;
  return read.some(({ field }) => field.spec.excludes === name);
}

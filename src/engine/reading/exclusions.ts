import { type Struct, valueAt } from './structs.ts';

/** Members that a program does not take together, as the catalogue has them (`excludes`). */

/** Pairs of which both stand in a struct; the second is the one that excludes the first. */
export function* clashes(struct: Struct): Generator<readonly [name: string, excluding: string]> {
  for (const excluding of struct.members.keys()) {
    const name = struct.fields[excluding]?.excludes;
    if (name === undefined) continue;
    if (valueAt(struct, name) && valueAt(struct, excluding)) yield [name, excluding];
  }
}

/** Whether a member of this name would stand beside one that it can't stand beside. */
export function isExcluded({ members, fields }: Struct, name: string): boolean {
  const other = fields[name]?.excludes;
  if (other !== undefined && members.has(other)) return true;
  return [...members.keys()].some((present) => fields[present]?.excludes === name);
}

import type { ReviewContext, Subject } from '../core/rule.ts';
import { decodedEntries, entriesByType } from './decoded-entries.ts';

/** What rules are about, so that they are not asked of an object that has none of it. */

/** A key of the object, with a text or in binaryData. */
export const aboutKey = (key: string): Subject => ({ look: keys, names: [key] });

const keys = ({ object: { data, binaryData } }: ReviewContext): Iterable<string> =>
  binaryData.size === 0 ? data.keys() : [...data.keys(), ...binaryData.keys()];

/** The entries of a plugin type. */
export const aboutEntries = (type: string): Subject => ({ look: types, names: [type] });

const types = (context: ReviewContext) => entriesByType(context).keys();

/** Members that a program reads under one of these names, null included, in an entry of any type or in eni_conf. */
export const aboutMembers = (...names: readonly string[]): Subject => ({ look: members, names });

function members(context: ReviewContext): string[] {
  const names: string[] = [];
  for (const { read } of decodedEntries(context)) {
    for (const { field } of read) names.push(field.name);
  }
  return names;
}

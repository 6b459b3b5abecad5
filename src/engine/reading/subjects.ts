import { KEY_NAMES } from '../catalogue/keys.ts';
import { touches } from '../core/eni-config.ts';
import type { ReviewContext, Subject } from '../core/rule.ts';
import { decodedEntries, entriesByType } from './decoded-entries.ts';
import { type EntryTrait, entryTraits } from './entry-traits.ts';
import { type TextTrait, textTraits } from './text-traits.ts';
import { type WriteTrait, writeTraits } from './write-traits.ts';

/** What rules are about, so that they are not asked of an object that has none of it. */

/** A key of the object, with a text or in binaryData. */
export const aboutKey = (key: string): Subject => ({ look: keys, names: [key] });

const keys = ({ object: { data, binaryData } }: ReviewContext): Iterable<string> =>
  binaryData.size === 0 ? data.keys() : [...data.keys(), ...binaryData.keys()];

/** Known keys of which the write brings, alters or removes what stands there. */
export const aboutChange = (...names: readonly string[]): Subject => ({ look: changedKeys, names });

const changedKeys = ({ change }: ReviewContext) => KEY_NAMES.filter((key) => touches(change, key));

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

/** What stands out in the entries of the chains, or in what else programs decode. */
export const aboutEntryTraits = (...names: readonly EntryTrait[]): Subject => ({
  look: entryTraits,
  names,
});

/** What stands out in the texts as a whole. */
export const aboutTextTraits = (...names: readonly TextTrait[]): Subject => ({
  look: textTraits,
  names,
});

/** What stands out in the write as a whole, or in what is known beside it. */
export const aboutWriteTraits = (...names: readonly WriteTrait[]): Subject => ({
  look: writeTraits,
  names,
});

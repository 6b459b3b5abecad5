import { PLUGINS } from '../catalogue/plugins.ts';
import type { ReviewContext } from '../core/rule.ts';
import { decodedObjects, entriesByType } from './decoded-entries.ts';

/** What few objects have in their entries, or in what else programs decode. */
export type EntryTrait =
  /** An entry without a type, or of one that the catalogue does not have. */
  | 'other-type'
  /** Two entries of one type. */
  | 'repeated-type'
  /** A member that its program does not know. */
  | 'unknown-member'
  /** A member in another letter case than the catalogue's. */
  | 'other-case';

export function entryTraits(context: ReviewContext): EntryTrait[] {
  const found: EntryTrait[] = [];
  for (const { type } of context.entries()) {
    if (type === undefined || !PLUGINS.has(type)) found.push('other-type');
  }
  for (const sameType of entriesByType(context).values()) {
    if (sameType.length > 1) found.push('repeated-type');
  }
  for (const { unknown, variants } of decodedObjects(context)) {
    if (unknown.length > 0) found.push('unknown-member');
    if (variants.length > 0) found.push('other-case');
  }
  return found;
}

import type { ReviewContext, Subject } from '../core/rule.ts';
import { entriesOf } from './decoded-entries.ts';

/** What rules are about, so that they are not asked of an object that has none of it. */

/** The entries of a plugin type; with members those alone that have one of them, null included. */
export function aboutEntries(type: string, ...members: readonly string[]): Subject {
  return {
    name: ['entries', type, ...members].join(' '),
    isIn(context: ReviewContext) {
      const entries = entriesOf(context, type);
      if (members.length === 0) return entries.length > 0;
      return entries.some((entry) => members.some((member) => entry.members.has(member)));
    },
  };
}

/** A key of the object with a text, which may be empty. */
export const aboutKey = (key: string): Subject => ({
  name: `key ${key}`,
  isIn: ({ object }) => object.data.has(key),
});

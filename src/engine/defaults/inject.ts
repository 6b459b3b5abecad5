import { CONFLIST_KEY, type Change, touches } from '../core/eni-config.ts';
import { createContext } from '../core/context.ts';
import type { Facts } from '../core/facts.ts';
import { foldedMember } from '../json/go-names.ts';
import { type JsonObject, pathOf } from '../json/node.ts';
import { formatPath } from '../json/path.ts';
import { MAX_TEXT_LENGTH } from '../json/document.ts';
import { createDocumentReader, type DocumentReader } from '../json/document-reader.ts';
import { decide } from '../core/decide.ts';
import { valueBytes } from '../core/object-size.ts';
import type { ReviewSettings } from '../core/policy.ts';
import type { Review } from '../core/review.ts';
import type { ReviewContext } from '../core/rule.ts';
import { printable } from '../text/text.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { DEFAULTS, type DefaultSpec } from './defaults.ts';
import {
  type Insertion,
  type NewMember,
  insertAll,
  insertionOf,
  memberText,
} from '../json/insertion.ts';
import type { DefaultsPolicy } from './policy.ts';

/** What the mutating webhook does about a write. */
export interface Injection {
  /** The new text of 10-terway.conflist; absent when it stays as it is. */
  readonly conflist?: string;
  /** What was put into the text to make `conflist`, by its places in that text. */
  readonly insertions?: readonly Insertion[];
  /** One line for each default added or suggested. */
  readonly warnings: readonly string[];
  /** Ids of the defaults in `conflist`, for the audit trail. */
  readonly injected: readonly string[];
}

export const NO_INJECTION: Injection = { warnings: [], injected: [] };

/** A default that an entry lacks and may have, and the object in the entry that it goes into. */
interface Addition {
  readonly spec: DefaultSpec;
  readonly object: JsonObject;
  readonly member: NewMember;
}

/** More than any real chain lacks; each addition is told in a warning, and their number is limited. */
const MAX_ADDITIONS = 12;

/** UTF-16 units of a chain that defaults are added to: each attempt is a review of the whole. */
const MAX_CHAIN_LENGTH = 64 * 1024;

/** What decides on defaults. */
export interface InjectionOptions {
  readonly policy: ReviewSettings;
  readonly defaults: DefaultsPolicy;
  readonly review: Review;
}

/**
 * The defaults that are missing from the chain of a write, and may be added. Adds bytes only, does
 * nothing to a very long chain, one the write leaves alone or to immutable objects, and never produces a text that
 * is refused where refusing is on. Pure and total; a second pass adds nothing. `read` is shared with
 * the reviews of the same call.
 */
export function inject(
  change: Change,
  facts: Facts,
  { policy, defaults, review }: InjectionOptions,
  read: DocumentReader = createDocumentReader(),
): Injection {
  const text = change.new?.data.get(CONFLIST_KEY);
  if (defaults.mode === 'off' || text === undefined || !mayChange(change)) return NO_INJECTION;
  if (text.length > MAX_CHAIN_LENGTH) return NO_INJECTION;
  const candidates = candidatesFor(createContext(change, facts, policy, read), defaults);
  if (candidates.length > MAX_ADDITIONS) return NO_INJECTION;
  const conflistWith = (additions: readonly Addition[]) =>
    insertAll(text, insertionsOf(text, additions));
  const { rules } = policy;
  const additions = acceptedOf(candidates, (tried) => {
    const changed = withConflist(change, conflistWith(tried));
    // Without mode and exemption, under which any text would pass.
    const isRefused = () => !decide(review(changed, facts, policy, read), { rules }).allowed;
    return fits(changed) && !isRefused();
  });
  if (additions.length === 0) return NO_INJECTION;
  return defaults.mode === 'suggest'
    ? { warnings: additions.map(suggestion), injected: [] }
    : {
        conflist: conflistWith(additions),
        insertions: insertionsOf(text, additions),
        warnings: additions.map(announcement),
        injected: additions.map(idOf),
      };
}

/**
 * The candidates that may be added together: all of them or, as long as the chain would be refused,
 * without the first default of those that are left.
 */
function acceptedOf(
  candidates: readonly Addition[],
  isAccepted: (additions: readonly Addition[]) => boolean,
): readonly Addition[] {
  let additions = candidates;
  while (additions.length > 0 && !isAccepted(additions)) {
    const first = additions[0]?.spec;
    additions = additions.filter(({ spec }) => spec !== first);
  }
  return additions;
}

/** Whether the API server stores it. */
const fits = ({ new: object }: Change) =>
  object !== undefined && valueBytes(object) <= MAX_TEXT_LENGTH;

/**
 * A write that does not concern the chain must not change it. Any patch of an immutable object
 * fails, even when the write itself would not.
 */
function mayChange(change: Change): boolean {
  if (change.new?.immutable === true || change.old?.immutable === true) return false;
  return touches(change, CONFLIST_KEY);
}

function candidatesFor(context: ReviewContext, { values }: DefaultsPolicy): Addition[] {
  const document = context.document(CONFLIST_KEY);
  if (!document || document.problems.length > 0) return [];
  const additions: Addition[] = [];
  for (const spec of DEFAULTS) {
    const value = values.get(spec.id);
    if (value === undefined) continue;
    for (const entry of entriesOf(context, spec.plugin)) {
      // A chain in YAML is left as it is.
      if (entry.key !== CONFLIST_KEY) continue;
      // In an entry with repeated members an insertion could change which of them counts.
      if (entry.repeated.length > 0) continue;
      if (!spec.conditions.every((holds) => holds(entry, context))) continue;
      const place = placeFor(entry.node, spec.path, JSON.stringify(value));
      if (!place) continue;
      additions.push({ spec, ...place });
      if (additions.length > MAX_ADDITIONS) return additions;
    }
  }
  return additions;
}

/** Where the value at `path` goes; undefined when something stands there, in any spelling. */
function placeFor(
  object: JsonObject,
  path: DefaultSpec['path'],
  value: string,
): Pick<Addition, 'object' | 'member'> | undefined {
  const [name, next, ...rest] = path;
  const present = foldedMember(object, name)?.value;
  if (!present) return { object, member: { path, value } };
  if (present.type !== 'object' || next === undefined) return undefined;
  return placeFor(present, [next, ...rest], value);
}

function insertionsOf(text: string, additions: readonly Addition[]): Insertion[] {
  const byObject = new Map<JsonObject, NewMember[]>();
  for (const { object, member } of additions) {
    byObject.set(object, [...(byObject.get(object) ?? []), member]);
  }
  return [...byObject].map(([object, added]) => insertionOf(text, object, added));
}

function withConflist(change: Change, text: string): Change {
  if (!change.new) return change;
  return {
    ...change,
    new: { ...change.new, data: new Map([...change.new.data, [CONFLIST_KEY, text]]) },
  };
}

const idOf = ({ spec }: Addition) => `${spec.plugin}.${spec.id}`;

const announcement = (addition: Addition) => `eni-config-guard added ${inWords(addition, 'to')}`;

const suggestion = (addition: Addition) => `eni-config-guard suggests ${inWords(addition, 'in')}`;

/** The member as it can be pasted, where it goes and why. */
function inWords({ spec, object, member }: Addition, preposition: 'to' | 'in'): string {
  const place = `${preposition} ${formatPath(pathOf(object))} (${spec.plugin})`;
  return `${printable(memberText(member))} ${place}: ${spec.reason}`;
}

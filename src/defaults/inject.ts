import { DEFAULTS, type DefaultSpec } from '../catalogue/defaults.ts';
import { CONFLIST_KEY, type Change, touches } from '../core/config-map.ts';
import { createContext } from '../core/context.ts';
import type { Facts } from '../core/facts.ts';
import { foldedMember } from '../core/go-reading.ts';
import { type JsonNode, pathOf } from '../core/json-node.ts';
import { type JsonPath, formatPath } from '../core/json-path.ts';
import type { Policy } from '../core/policy.ts';
import type { Review } from '../core/review.ts';
import { printable } from '../core/text.ts';
import { entriesOf } from '../rules/structs.ts';
import { conditionsHold } from './conditions.ts';
import { insertMember } from './insert-member.ts';
import type { DefaultsPolicy } from './policy.ts';

/** What the mutating webhook does about a write. */
export interface Injection {
  /** The new text of 10-terway.conflist; absent when it stays as it is. */
  readonly conflist?: string;
  /** One line for each default added or suggested. */
  readonly warnings: readonly string[];
  /** Ids of the defaults in `conflist`, for the audit trail. */
  readonly injected: readonly string[];
}

const NOTHING: Injection = { warnings: [], injected: [] };

/** A default that fits an entry: the text with it, and where it went. */
interface Addition {
  readonly spec: DefaultSpec;
  readonly value: string;
  readonly entryPath: JsonPath;
  readonly text: string;
}

/**
 * The defaults that are missing from the chain of a write, and may be added. Adds bytes only, does
 * nothing to a chain the write leaves alone, to immutable objects or for exempt writers, and never
 * produces a text that `review` refuses. Pure and total; a second pass adds nothing.
 */
export function inject(
  change: Change,
  facts: Facts,
  policy: Policy,
  defaults: DefaultsPolicy,
  review: Review,
): Injection {
  const text = change.new?.data.get(CONFLIST_KEY);
  if (defaults.mode === 'off' || text === undefined || !mayChange(change)) return NOTHING;
  const additions: Addition[] = [];
  let current = change;
  for (const spec of DEFAULTS) {
    const value = defaults.values.get(spec.id);
    if (value === undefined) continue;
    for (;;) {
      const addition = nextAddition(spec, JSON.stringify(value), current, facts, policy);
      if (!addition) break;
      additions.push(addition);
      current = withConflist(current, addition.text);
    }
  }
  if (additions.length === 0) return NOTHING;
  const verdict = review(current, facts, policy);
  if (!verdict.allowed || verdict.exemption !== undefined) return NOTHING;
  const conflist = current.new?.data.get(CONFLIST_KEY) ?? text;
  return defaults.mode === 'suggest'
    ? { warnings: additions.map(suggestion), injected: [] }
    : { conflist, warnings: additions.map(announcement), injected: additions.map(idOf) };
}

/**
 * A write that does not concern the chain must not change it. Any patch of an immutable object
 * fails, even when the write itself would not.
 */
function mayChange(change: Change): boolean {
  if (change.new?.immutable === true || change.old?.immutable === true) return false;
  return touches(change, CONFLIST_KEY);
}

/** The first entry that lacks the default and may have it. */
function nextAddition(
  spec: DefaultSpec,
  value: string,
  change: Change,
  facts: Facts,
  policy: Policy,
): Addition | undefined {
  const context = createContext(change, facts, policy);
  const document = context.document(CONFLIST_KEY);
  if (!document || document.problems.length > 0) return undefined;
  for (const entry of entriesOf(context, spec.plugin)) {
    // Of an entry with repeated members nobody can say which one counts after an insertion.
    if (entry.repeated.length > 0 || !conditionsHold(spec.conditions, entry, context)) continue;
    const text = withMember(document.text, entry.node, spec.path, value);
    if (text !== undefined) return { spec, value, entryPath: pathOf(entry.node), text };
  }
  return undefined;
}

/** `text` with the value at `path`; undefined when something stands there, in any spelling. */
function withMember(
  text: string,
  object: JsonNode,
  [name, ...rest]: readonly string[],
  value: string,
): string | undefined {
  const present = name === undefined ? undefined : foldedMember(object, name);
  if (name === undefined) return undefined;
  if (present && rest.length > 0 && present.value.type === 'object') {
    return withMember(text, present.value, rest, value);
  }
  if (present) return undefined;
  const nested = rest.reduceRight((inner, step) => `{${JSON.stringify(step)}: ${inner}}`, value);
  return insertMember(text, object, name, nested);
}

function withConflist(change: Change, text: string): Change {
  if (!change.new) return change;
  return {
    ...change,
    new: { ...change.new, data: new Map([...change.new.data, [CONFLIST_KEY, text]]) },
  };
}

const idOf = ({ spec }: Addition) => `${spec.plugin}.${spec.id}`;

function announcement({ spec, value, entryPath }: Addition): string {
  return (
    `eni-config-guard added ${memberText(spec, value)} to ${formatPath(entryPath)} ` +
    `(${spec.plugin}): ${spec.reason}`
  );
}

function suggestion({ spec, value, entryPath }: Addition): string {
  return (
    `eni-config-guard suggests ${memberText(spec, value)} in ${formatPath(entryPath)} ` +
    `(${spec.plugin}): ${spec.reason}`
  );
}

/** The member as it can be pasted into the entry. */
function memberText({ path }: DefaultSpec, value: string): string {
  const [name, ...rest] = path;
  const nested = rest.reduceRight((inner, step) => `{"${step}": ${inner}}`, value);
  return printable(`"${name}": ${nested}`);
}

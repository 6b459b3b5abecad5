import { isObject } from '../text/is-object.ts';
import { printable } from '../text/text.ts';

/**
 * Who had writes refused lately, so that an operator can let ACK's own programs through. A bounded
 * record: it is kept where the guard may write, see docs/decisions/0013-refused-writers.md.
 */
export interface RefusedWriter {
  /** As the API server names the user: what `exempt.users` takes. */
  readonly user: string;
  readonly count: number;
  /** Of the last one, in milliseconds since 1970. */
  readonly lastMs: number;
  /** Ids of the rules that refused. */
  readonly rules: readonly string[];
}

/** A week, which holds a component upgrade and the days around it. */
const REFUSALS_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

const MAX_WRITERS = 20;
const MAX_RULES = 10;

/** Characters of a user: a service account has 22, its namespace 63 and its name 253. */
const MAX_USER_LENGTH = 340;

/** Whether a user can be pasted as it is told; another one is in the log alone. */
export const isTellable = (user: string) =>
  user !== '' && printable(user, MAX_USER_LENGTH) === user;

/** Both records in one, the latest writer first, without what is older than a week at `now`. */
export function mergedWriters(
  one: readonly RefusedWriter[],
  other: readonly RefusedWriter[],
  now: number,
): readonly RefusedWriter[] {
  const byUser = new Map<string, RefusedWriter>();
  for (const writer of [...one, ...other]) {
    const known = byUser.get(writer.user);
    byUser.set(writer.user, known ? together(known, writer) : writer);
  }
  return [...byUser.values()]
    .filter(({ lastMs }) => now - lastMs < REFUSALS_KEPT_MS)
    .sort((a, b) => b.lastMs - a.lastMs)
    .slice(0, MAX_WRITERS);
}

const together = (a: RefusedWriter, b: RefusedWriter): RefusedWriter => ({
  user: a.user,
  count: a.count + b.count,
  lastMs: Math.max(a.lastMs, b.lastMs),
  rules: [...new Set([...a.rules, ...b.rules])].sort().slice(0, MAX_RULES),
});

/** Reads a record that the guard wrote; what has another shape is left out. */
export function readWriters(text: string): readonly RefusedWriter[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(list) ? list : []).filter(isWriter).slice(0, MAX_WRITERS);
}

function isWriter(value: unknown): value is RefusedWriter {
  if (!isObject(value)) return false;
  const { user, count, lastMs, rules } = value;
  return (
    typeof user === 'string' &&
    isTellable(user) &&
    Number.isSafeInteger(count) &&
    Number.isSafeInteger(lastMs) &&
    Array.isArray(rules) &&
    rules.every((rule) => typeof rule === 'string' && /^[a-z0-9-]{1,60}$/.test(rule))
  );
}

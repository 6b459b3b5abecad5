import { type JsonPath } from '../json/path.ts';
import { type GoObject, type GoValue, isGoObject, isSameValue } from './go-value.ts';

/** How the plugins that two nodes run differ, entry by entry. */

/** An entry by its plugin; of several with one type, which of them, from 1. */
export interface EntryName {
  readonly type: string;
  readonly number: number;
}

/** `after` is the entry in front; undefined: the first place. */
export type FileChange =
  | {
      readonly kind: 'added' | 'moved';
      readonly entry: EntryName;
      readonly after: EntryName | undefined;
    }
  | { readonly kind: 'removed'; readonly entry: EntryName }
  | {
      readonly kind: 'member';
      readonly entry: EntryName;
      readonly path: JsonPath;
      readonly before: GoValue | undefined;
      readonly now: GoValue | undefined;
    };

/** The changes from one list of plugins to another, in the order of the new one, removed ones last. */
export function pluginChanges(
  before: readonly GoObject[],
  now: readonly GoObject[],
): readonly FileChange[] {
  const old = named(before);
  const fresh = named(now);
  const kept = keptInOrder([...old.keys()], [...fresh.keys()]);
  const names = [...fresh.values()].map(({ name }) => name);
  const changes: FileChange[] = [];
  for (const [index, [key, { name, plugin }]] of [...fresh].entries()) {
    const former = old.get(key);
    const after = names[index - 1];
    if (!former) changes.push({ kind: 'added', entry: name, after });
    else {
      if (!kept.has(key)) changes.push({ kind: 'moved', entry: name, after });
      changes.push(...memberChanges(name, former.plugin, plugin, []));
    }
  }
  for (const [key, { name }] of old) {
    if (!fresh.has(key)) changes.push({ kind: 'removed', entry: name });
  }
  return changes;
}

interface NamedPlugin {
  readonly name: EntryName;
  readonly plugin: GoObject;
}

function named(plugins: readonly GoObject[]): ReadonlyMap<string, NamedPlugin> {
  const numbers = new Map<string, number>();
  return new Map(
    plugins.map((plugin) => {
      const written = plugin.get('type');
      const type = typeof written === 'string' ? written : '';
      const number = (numbers.get(type) ?? 0) + 1;
      numbers.set(type, number);
      return [`${number} ${type}`, { name: { type, number }, plugin }];
    }),
  );
}

/** Longer lists are compared without looking for what moved: every entry that stays counts as kept. */
const MAX_COMPARED = 200;

/** As many keys as possible that stand in both lists in one order. */
function keptInOrder(before: readonly string[], now: readonly string[]): ReadonlySet<string> {
  const places = new Map(before.map((key, index) => [key, index]));
  const common = now.filter((key) => places.has(key));
  if (common.length > MAX_COMPARED) return new Set(common);
  // For each key the longest rising row of former places that ends with it.
  const rows: (readonly string[])[] = [];
  for (const [index, key] of common.entries()) {
    let best: readonly string[] = [];
    for (const [other, row] of rows.slice(0, index).entries()) {
      const isBefore = (places.get(common[other] ?? '') ?? 0) < (places.get(key) ?? 0);
      if (isBefore && row.length > best.length) best = row;
    }
    rows.push([...best, key]);
  }
  return new Set(rows.reduce((best, row) => (row.length > best.length ? row : best), []));
}

function* memberChanges(
  entry: EntryName,
  before: GoObject,
  now: GoObject,
  path: JsonPath,
): Generator<FileChange> {
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(name), now.get(name)];
    if (isSameValue(old, fresh)) continue;
    const at = [...path, name];
    if (isGoObject(old) && isGoObject(fresh)) yield* memberChanges(entry, old, fresh, at);
    else yield { kind: 'member', entry, path: at, before: old, now: fresh };
  }
}

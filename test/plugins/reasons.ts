/** False denials, sorted by why the guard refuses what a program accepts. */
export interface Reasons<One> {
  /** How many have this reason, by its name; one may have several. */
  readonly named: ReadonlyMap<string, number>;
  /** Those with a finding that no named reason explains. */
  readonly unexplained: readonly One[];
}

/** Sorts them; `namesOf` gives the name of a reason for each finding, or undefined for want of one. */
export function reasonsOf<One>(
  refused: readonly One[],
  namesOf: (one: One) => readonly (string | undefined)[],
): Reasons<One> {
  const named = new Map<string, number>();
  const unexplained: One[] = [];
  for (const one of refused) {
    const names = new Set(namesOf(one));
    if (names.delete(undefined)) unexplained.push(one);
    for (const name of names as Set<string>) named.set(name, (named.get(name) ?? 0) + 1);
  }
  return { named, unexplained };
}

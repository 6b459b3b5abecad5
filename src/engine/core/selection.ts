import type { Look, ReviewContext, Rule } from './rule.ts';

/**
 * Tells which rules an object concerns, in their order: those without a subject, and those of which it has
 * one. A review that comes alone waits for memory more than it computes, and a rule that is not asked is
 * not fetched: of some eighty rules an ordinary chain concerns twenty. So each kind of subject is looked
 * for once, and what there is leads to the rules, not each rule to a look of its own.
 */
export function selection(rules: readonly Rule[]): (context: ReviewContext) => readonly Rule[] {
  const always = rules.map(({ about }) => about === undefined);
  const indexes = [...indexByLook(rules)];
  return (context) => {
    const isAsked = [...always];
    try {
      for (const [look, placesOf] of indexes) {
        for (const name of look(context)) {
          const places = placesOf.get(name);
          if (places) for (const place of places) isAsked[place] = true;
        }
      }
    } catch {
      // Where it can't be told, the rules are asked, and say so themselves.
      return rules;
    }
    return rules.filter((_, place) => isAsked[place]);
  };
}

/** For each kind of subject, by name, the places of the rules about it. */
type Index = Map<string, number[]>;

function indexByLook(rules: readonly Rule[]): Map<Look, Index> {
  const byLook = new Map<Look, Index>();
  rules.forEach(({ about = [] }, place) => {
    for (const { look, names } of [about].flat()) {
      const index: Index = byLook.get(look) ?? new Map<string, number[]>();
      byLook.set(look, index);
      for (const name of names) index.set(name, [...(index.get(name) ?? []), place]);
    }
  });
  return byLook;
}

import type { ReviewContext, Rule, Subject } from './rule.ts';

/**
 * Tells which rules an object concerns, in their order: those without a subject, and those whose subject it has. A
 * review that comes alone waits for memory more than it computes, and a rule that is not asked is not
 * fetched: of some eighty rules an ordinary chain concerns fifty.
 */
export function selection(rules: readonly Rule[]): (context: ReviewContext) => readonly Rule[] {
  const named = rules.flatMap(({ about }) => (about ? [[about.name, about] as const] : []));
  const subjects = [...new Map(named).values()];
  /** For each rule the place of its subject. */
  const places = rules.map(({ about }) => about && subjects.findIndex(isNamed(about.name)));
  return (context) => {
    const isThere = subjects.map((subject) => mayBeIn(subject, context));
    return rules.filter((_, index) => {
      const place = places[index];
      return place === undefined || isThere[place];
    });
  };
}

const isNamed =
  (name: string) =>
  (subject: Subject): boolean =>
    subject.name === name;

/** Where that can't be told, the rules are asked, and say so themselves. */
function mayBeIn(subject: Subject, context: ReviewContext): boolean {
  try {
    return subject.isIn(context);
  } catch {
    return true;
  }
}

import fc from 'fast-check';
import t from 'tap';
import { createContext } from '../../../../src/engine/core/context.ts';
import { RULES } from '../../../../src/engine/rules/index.ts';
import type { ReviewContext, Rule } from '../../../../src/engine/core/rule.ts';
import { selection } from '../../../../src/engine/core/selection.ts';
import { changes, facts, policies } from '../../../support/any-change.ts';
import { EDITS } from './edits/index.ts';
import { assertProperty } from '../../../support/properties.ts';

/** A rule is not asked of an object without its subject, so there it must have nothing to say. */

const rules: readonly Rule[] = RULES;
const WITH_SUBJECT = rules.filter(({ about }) => about);
const concernedBy = selection(WITH_SUBJECT);

/** Those that are not asked of the object. */
function unasked(context: ReviewContext): readonly Rule[] {
  const asked = new Set(concernedBy(context));
  return WITH_SUBJECT.filter((rule) => !asked.has(rule));
}

t.test('property: without its subject a rule finds nothing', (t) => {
  t.ok(WITH_SUBJECT.length > 30);
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const context = createContext(change, facts, policy);
      for (const rule of unasked(context)) {
        const [problem] = rule.check(context);
        if (problem) throw new Error(`${rule.info.id}: ${problem.message}`);
      }
    }),
    400,
  );
  t.end();
});

/** The names of a rule's subjects that the object has. */
const namesIn = ({ about = [] }: Rule, context: ReviewContext) =>
  [about].flat().flatMap(({ look, names }) => {
    const told = new Set(look(context));
    return names.filter((name) => told.has(name));
  });

t.test('of every worked edit too; and each subject is in some of them', (t) => {
  const found = new Map<Rule, Set<string>>();
  for (const { name, change, facts, policy } of EDITS) {
    const context = createContext(change, facts, policy);
    const isUnasked = new Set(unasked(context));
    const wrong = WITH_SUBJECT.filter((rule) => {
      const names = namesIn(rule, context);
      found.set(rule, new Set([...(found.get(rule) ?? []), ...names]));
      if (!isUnasked.has(rule)) return names.length === 0;
      return names.length > 0 || [...rule.check(context)].length > 0;
    });
    t.same(
      wrong.map(({ info }) => info.id),
      [],
      name,
    );
  }
  const missing = WITH_SUBJECT.flatMap((rule) =>
    [rule.about ?? []]
      .flat()
      .flatMap(({ names }) => names)
      .filter((name) => !found.get(rule)?.has(name))
      .map((name) => `${rule.info.id}: ${name}`),
  );
  t.same(missing, []);
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { createContext } from '../../../../src/engine/core/context.ts';
import { RULES } from '../../../../src/engine/rules/index.ts';
import type { Rule } from '../../../../src/engine/core/rule.ts';
import { changes, facts, policies } from '../../../support/any-change.ts';
import { EDITS } from './edits/index.ts';
import { assertProperty } from '../../../support/properties.ts';

/** A rule is not asked of an object without its subject, so there it must have nothing to say. */

const rules: readonly Rule[] = RULES;
const WITH_SUBJECT = rules.filter(({ about }) => about);

t.test('property: without its subject a rule finds nothing', (t) => {
  t.ok(WITH_SUBJECT.length > 30);
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const context = createContext(change, facts, policy);
      for (const rule of WITH_SUBJECT) {
        if (rule.about?.isIn(context)) continue;
        const [problem] = rule.check(context);
        if (problem) throw new Error(`${rule.info.id}: ${problem.message}`);
      }
    }),
    400,
  );
  t.end();
});

t.test('of every worked edit too; and each subject is in some of them', (t) => {
  const found = new Set<string>();
  for (const { name, change, facts, policy } of EDITS) {
    const context = createContext(change, facts, policy);
    const wrong = WITH_SUBJECT.filter((rule) => {
      if (!rule.about?.isIn(context)) return [...rule.check(context)].length > 0;
      found.add(rule.about.name);
      return false;
    });
    t.same(
      wrong.map(({ info }) => info.id),
      [],
      name,
    );
  }
  const missing = WITH_SUBJECT.filter(({ about }) => about && !found.has(about.name));
  t.same(
    missing.map(({ info }) => info.id),
    [],
  );
  t.end();
});

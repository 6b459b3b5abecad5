import { readFileSync } from 'node:fs';
import t from 'tap';
import { ruleExamples } from '../../scripts/docs/examples.ts';
import { denialsIn } from '../../src/engine/core/decide.ts';
import { createReview } from '../../src/engine/core/review.ts';
import { createDocumentReader } from '../../src/engine/json/document-reader.ts';
import { RULES, RULE_IDS, RULE_INFO } from '../../src/engine/rules/index.ts';
import { RULE_PAGES } from '../../src/generated/rule-pages.js';
import { EDITS } from './engine/rules/edits/index.ts';

/** Reviews the examples of docs/rules, and what the pages say besides. */

/** No write makes them speak. */
const WITHOUT_EXAMPLES = ['guard-error'];

const examples = ruleExamples();

t.test('every rule has its two examples', async (t) => {
  t.same([...examples.keys(), ...WITHOUT_EXAMPLES].sort(), [...RULE_IDS].sort());
});

t.test('in the bad example the rule speaks, and nothing else refuses', async (t) => {
  for (const [id, { bad }] of examples) {
    const { severity } = RULE_INFO[id];
    const own = bad.verdict.findings.filter(({ rule }) => rule === id);
    t.ok(
      own.some((finding) => finding.severity === severity),
      `${id}: ${severity}`,
    );
    const others = denialsIn(bad.verdict).filter(({ rule }) => rule !== id);
    t.same(others, [], id);
  }
});

t.test('in the good example it does not, and nothing refuses', async (t) => {
  for (const [id, { good }] of examples) {
    t.same(
      good.verdict.findings.filter(({ rule, severity }) => rule === id || severity === 'deny'),
      [],
      id,
    );
  }
});

t.test('rules say by which settings they judge', async (t) => {
  const watched = RULES.map(({ info }) => ({
    info: info,
    review: createReview(
      RULES.filter((rule) => rule.info === info),
      RULE_INFO['guard-error'],
    ),
    read: new Set<string | symbol>(),
  }));
  for (const { change, facts, policy } of EDITS) {
    // The texts of an edit are read once for all rules.
    const reader = createDocumentReader();
    for (const { review, read } of watched) {
      const watchedPolicy = new Proxy(policy, {
        get(target, key) {
          read.add(key);
          return Reflect.get(target, key) as unknown;
        },
      });
      review(change, facts, watchedPolicy, reader);
    }
  }
  for (const { info, read } of watched) {
    // The settings of rules count for all of them.
    read.delete('rules');
    t.same([...read].sort(), [...(info.settings ?? [])].sort(), info.id);
  }
});

t.test('the program carries the pages as they stand in docs/rules', async (t) => {
  t.same(Object.keys(RULE_PAGES).sort(), [...RULE_IDS].sort());
  for (const id of RULE_IDS) {
    const page = readFileSync(new URL(`../../docs/rules/${id}.md`, import.meta.url), 'utf8');
    t.equal(RULE_PAGES[id], page.replace(/<!--[^>]*-->\n\n\[中文\]\(.*\)\n\n/, ''), id);
  }
});

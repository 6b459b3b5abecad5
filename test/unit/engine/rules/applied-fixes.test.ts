import t from 'tap';
import { withEdits } from '../../../../src/engine/core/fix.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS } from './edits/index.ts';

/** Fixes that carry edits do what they say: made literally, the finding is gone and no new one came. */
for (const { name, change, facts, policy } of EDITS) {
  const { new: object } = change;
  if (!object) continue;
  const before = verdictOn(change, facts, policy).findings;
  for (const finding of before) {
    if (!finding.fix.edits) continue;
    t.test(`${name}: ${finding.rule}, ${finding.fix.text}`, (t) => {
      const mended = withEdits(object, finding.fix.edits ?? []);
      const after = verdictOn({ ...change, new: mended }, facts, policy).findings;
      const isSame = ({ rule, key, message }: (typeof after)[number]) =>
        rule === finding.rule && key === finding.key && message === finding.message;
      t.notOk(after.some(isSame), 'the finding is gone');
      // A text that could not be read is judged for the first time after it was mended.
      if (finding.rule === 'json-syntax') {
        t.end();
        return;
      }
      const known = new Set(before.map(({ rule }) => rule));
      const brought = after.filter(({ rule, severity }) => severity === 'deny' && !known.has(rule));
      t.same(brought, [], 'no new one came');
      t.end();
    });
  }
}

import t from 'tap';
import type { DecidedFinding } from '../../../../src/engine/core/finding.ts';
import { withEdits } from '../../../../src/engine/core/fix.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS } from './edits/index.ts';

/** With their fix a text or an entry is read for the first time. */
const REVEALING = new Set(['json-syntax', 'plugin-typo', 'entry-type-name', 'entry-type']);

/** As many findings of a rule are told; of more it can't be seen that one is gone. */
const MAX_TOLD = 100;

const isAlike = (finding: DecidedFinding) => (other: DecidedFinding) =>
  other.rule === finding.rule && other.key === finding.key && other.message === finding.message;

/** Fixes that carry edits do what they say: made literally, the finding is gone and no new one came. */
for (const { name, change, facts, policy } of EDITS) {
  const { new: object } = change;
  if (!object) continue;
  const before = verdictOn(change, facts, policy).findings;
  for (const finding of before) {
    if (!finding.fix.edits || before.filter(isAlike(finding)).length >= MAX_TOLD) continue;
    t.test(`${name}: ${finding.rule}, ${finding.fix.text}`, (t) => {
      const mended = withEdits(object, finding.fix.edits ?? []);
      const after = verdictOn({ ...change, new: mended }, facts, policy).findings;
      const isSame = isAlike(finding);
      // Another finding may say the same of another place.
      const left = after.filter(isSame).length;
      t.ok(left < before.filter(isSame).length, 'the finding is gone');
      // What could not be read is judged for the first time after it was mended.
      if (REVEALING.has(finding.rule)) {
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

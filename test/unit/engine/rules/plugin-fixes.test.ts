import t from 'tap';
import type { Change } from '../../../../src/engine/core/eni-config.ts';
import type { Finding } from '../../../../src/engine/core/finding.ts';
import { withEdits } from '../../../../src/engine/core/fix.ts';
import { formatPath } from '../../../../src/engine/json/path.ts';
import { review } from '../../../../src/engine/rules/index.ts';
import { EDITS } from './edits/index.ts';

/** Fixes with edits, applied literally to each worked edit that they are told for. */

/** With their fix an entry is known for the first time, and what stands inside it is judged. */
const REVEALING = ['plugin-typo', 'entry-type-name', 'entry-type'];

/** What a finding says, wherever it stands: places move when entries do. */
const sayingOf = ({ rule, message }: Finding) => `${rule}: ${message}`;

const placeOf = ({ rule, key = '', path = [] }: Finding) => `${rule} ${key} ${formatPath(path)}`;

function after(change: Change, { fix }: Finding): Change {
  if (!change.new || !fix.edits) throw new TypeError('nothing to apply');
  return { ...change, new: withEdits(change.new, fix.edits) };
}

for (const { name, change, facts, policy } of EDITS) {
  const { findings } = review(change, facts, policy);
  const certain = findings.filter(({ fix }) => fix.edits !== undefined);
  if (certain.length === 0) continue;
  t.test(name, (t) => {
    const said = new Set(findings.map(sayingOf));
    const places = new Set(findings.map(placeOf));
    for (const finding of certain) {
      const left = review(after(change, finding), facts, policy).findings;
      // Of two that say the same the other one may have moved to this place.
      const same = (all: readonly Finding[]) =>
        all.filter((one) => sayingOf(one) === sayingOf(finding)).length;
      t.ok(same(left) < same(findings), `mended: ${sayingOf(finding)}`);
      const added = left.filter(
        (one) =>
          !said.has(sayingOf(one)) && !places.has(placeOf(one)) && one.rule !== 'restart-needed',
      );
      if (REVEALING.includes(finding.rule)) continue;
      t.same(added.map(sayingOf), [], `nothing new after: ${finding.fix.text}`);
    }
    t.end();
  });
}

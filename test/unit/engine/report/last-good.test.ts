import t from 'tap';
import { describeLastGood } from '../../../../src/engine/report/last-good.ts';

t.test('the last good revision, and how to go back to it', (t) => {
  const revision = { number: 7, at: '2026-01-08T09:10:11.123456Z' };
  t.equal(
    describeLastGood({ ...revision, stands: false }),
    'last good: revision 7 of 2026-01-08T09:10:11Z: eni-config-guard rollback 7',
  );
  t.equal(
    describeLastGood({ ...revision, stands: true }),
    'last good: revision 7 of 2026-01-08T09:10:11Z, which is stored',
  );
  t.end();
});

import t from 'tap';
import { describeLastGood } from '../../../../src/engine/report/last-good.ts';

const holding = (text: string, binary?: string) => ({
  data: new Map([['eni_conf', text]]),
  binaryData: new Map(binary === undefined ? [] : [['a', binary]]),
  immutable: false,
});

t.test('the last good revision, and how to go back to it', (t) => {
  const revision = { number: 7, at: '2026-01-08T09:10:11.123456Z', object: holding('{}') };
  const wayBack = 'last good: revision 7 of 2026-01-08T09:10:11Z: eni-config-guard rollback 7';
  for (const stored of [undefined, holding('{"a":1}'), holding('{}', 'AA==')]) {
    t.equal(describeLastGood(revision, stored), wayBack);
  }
  t.equal(describeLastGood(revision, holding('{}')), 'last good: revision 7, which is stored');
  t.end();
});

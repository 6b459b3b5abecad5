import t from 'tap';
import { prose } from '../../../../src/engine/core/fix.ts';
import {
  describeFinding,
  fieldOf,
  summarizeFinding,
} from '../../../../src/engine/report/finding-text.ts';
import { configMap } from '../../../support/changes.ts';
import { finding } from '../../../support/decided-findings.ts';

const OBJECT = configMap({ '10-terway.conflist': '[{}, 1]' });
const AT = { offset: 5, length: 1 };

t.test('the field of a finding', async (t) => {
  t.equal(fieldOf(finding()), 'data[10-terway.conflist].plugins[1]');
  t.equal(fieldOf(finding({ path: [1] })), 'data[10-terway.conflist][1]');
  t.equal(fieldOf(finding({ path: [] })), 'data[10-terway.conflist]');
});

t.test('a finding in lines', async (t) => {
  t.same(describeFinding(finding({ path: [1], at: AT, stored: true }), OBJECT).split('\n'), [
    'already stored before this change: this is wrong',
    '  line 1, column 6 of 10-terway.conflist:',
    '    [{}, 1]',
    '         ^',
    '  fix: mend it',
    '  see: eni-config-guard explain plugin-typo',
    '  rule: eni-config-guard/plugin-typo',
  ]);
  const without = [
    'this is wrong',
    '  fix: mend it',
    '  see: eni-config-guard explain plugin-typo',
    '  rule: eni-config-guard/plugin-typo',
  ];
  t.same(describeFinding(finding({ at: AT }), undefined).split('\n'), without, 'no object');
  t.same(describeFinding(finding({ at: AT, key: 'other' }), OBJECT).split('\n'), without, 'no key');
});

t.test('a text to copy is shown up to 60 lines', async (t) => {
  const shown = (lines: number) => {
    const quote = 'a line\n'.repeat(lines);
    return describeFinding(finding({ fix: { ...prose('put it back'), quote } }), OBJECT)
      .split('\n')
      .filter((line) => line.startsWith('    '));
  };
  t.same(shown(60), Array<string>(60).fill('    a line'));
  t.same(shown(61), [...Array<string>(60).fill('    a line'), '    (and 1 more line)']);
});

t.test('a finding on one line tells why it refuses nothing', async (t) => {
  const inLine = (members: Parameters<typeof finding>[0]) =>
    summarizeFinding(finding(members), OBJECT, 1000);
  const told = 'data[10-terway.conflist].plugins[1]: this is wrong; fix: mend it (plugin-typo)';
  t.equal(inLine({}), told);
  t.equal(inLine({ severity: 'warn', enforced: 'warn', stored: true }), `already stored: ${told}`);
  t.equal(inLine({ severity: 'warn', enforced: 'deny' }), `would be refused: ${told}`);
});

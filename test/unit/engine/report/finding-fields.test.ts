import t from 'tap';
import { fieldsOf, toFindingFields } from '../../../../src/engine/report/finding-fields.ts';
import { configMap } from '../../../support/changes.ts';
import { finding } from '../../../support/decided-findings.ts';

const OBJECT = configMap({ '10-terway.conflist': '[{},\n 1]' });
const { key, path, ...whole } = finding();

t.test('where a finding stands, as far as that is known', async (t) => {
  const fields = { rule: 'plugin-typo', severity: 'deny', unmodified: 'deny' };
  t.same(path, ['plugins', 1]);
  const place = { key, path: 'plugins[1]' };
  const at = { offset: 6, length: 1 };
  t.same(fieldsOf(finding({ at }), OBJECT), { ...fields, ...place, line: 2, column: 2 });
  t.same(fieldsOf(finding({ at }), undefined), { ...fields, ...place }, 'without the object');
  t.same(fieldsOf(finding({ stored: true }), OBJECT), { ...fields, stored: true, ...place });
  t.same(fieldsOf(whole, OBJECT), fields, 'about the object as a whole');
});

t.test('20 findings are listed, what would refuse first, and the others counted', async (t) => {
  const warnings = Array.from({ length: 25 }, () =>
    finding({ severity: 'warn', baseSeverity: 'warn' }),
  );
  const { findings, findingsOmitted } = toFindingFields([...warnings, finding()], OBJECT);
  t.same([findings.length, findingsOmitted], [20, 6]);
  t.same(findings[0]?.severity, 'deny');
});

import t from 'tap';
import { wasApplied } from '../../../src/admission/applied-keys.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const annotated = (text: unknown) => ({ annotations: { [LAST_APPLIED]: text } });
const managed = (operation: string, fields: unknown) => ({
  managedFields: [{ manager: 'kubectl', operation, fieldsV1: fields }],
});

t.test('a key was applied where the last-applied annotation or a manager has it', (t) => {
  t.ok(wasApplied(annotated('{"data": {"key": "text"}}'), 'key'));
  t.ok(wasApplied(managed('Apply', { 'f:data': { 'f:key': {} } }), 'key'));
  for (const metadata of [
    undefined,
    {},
    annotated('{"data": {"other": "text"}}'),
    annotated('{"metadata": {}}'),
    annotated('{"data": '),
    annotated('[]'),
    annotated(5),
    { annotations: 'text', managedFields: 'text' },
    { managedFields: [5, { operation: 'Apply' }, { operation: 'Apply', fieldsV1: {} }] },
    managed('Update', { 'f:data': { 'f:key': {} } }),
    managed('Apply', { 'f:data': { 'f:other': {} } }),
  ]) {
    t.notOk(wasApplied(metadata, 'key'), JSON.stringify(metadata));
  }
  t.end();
});

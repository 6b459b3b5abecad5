import t from 'tap';
import { inText, paste, prose, withEdits } from '../../../../src/engine/core/fix.ts';
import { configMap } from '../../../support/changes.ts';

const OBJECT = configMap({ a: 'one', b: 'two' });
const dataAfter = (...edits: Parameters<typeof withEdits>[1]) =>
  Object.fromEntries(withEdits(OBJECT, edits).data);

t.test('edits change the keys they name and no other', async (t) => {
  const [inA] = inText(
    'a',
    { offset: 0, length: 1, text: 'O' },
    { offset: 3, length: 0, text: '!' },
  );
  t.same(dataAfter(inA!), { a: 'One!', b: 'two' });
  t.same(dataAfter({ kind: 'set', key: 'c', text: '3' }), { a: 'one', b: 'two', c: '3' });
  t.same(dataAfter({ kind: 'remove', key: 'a' }), { b: 'two' });
  t.same(dataAfter({ kind: 'rename', key: 'a', to: 'c' }), { b: 'two', c: 'one' });
  t.same(dataAfter({ kind: 'rename', key: 'a', to: 'c' }, { kind: 'remove', key: 'b' }), {
    c: 'one',
  });
});

t.test('edits of keys that are not there change nothing', async (t) => {
  t.same(dataAfter(...inText('z', { offset: 0, length: 0, text: 'x' })), { a: 'one', b: 'two' });
  t.same(dataAfter({ kind: 'rename', key: 'z', to: 'y' }), { a: 'one', b: 'two' });
});

t.test('a fix has edits only where it is certain what they are', async (t) => {
  t.strictSame(prose('choose one'), { kind: 'prose', text: 'choose one' });
  const edits = inText('a', { offset: 0, length: 0, text: 'x' });
  t.strictSame(paste('x', edits), { kind: 'paste', text: 'x', edits });
});

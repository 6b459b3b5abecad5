import t from 'tap';

import { type Test, runTest } from '../../support/tap-stand-in.ts';

/** What stands for tap in mutation testing fails where tap does: else nothing would be noticed. */

const fails = async (body: (t: Test) => unknown) => {
  try {
    await runTest(body);
    return false;
  } catch {
    return true;
  }
};

const CHECKS: readonly [name: string, holds: (t: Test) => unknown, fails: (t: Test) => unknown][] =
  [
    ['ok', (s) => s.ok(1), (s) => s.ok(0)],
    ['notOk', (s) => s.notOk(0), (s) => s.notOk(1)],
    ['equal', (s) => s.equal('a', 'a'), (s) => s.equal('a', 'b')],
    ['not', (s) => s.not('a', 'b'), (s) => s.not('a', 'a')],
    ['same', (s) => s.same({ a: [1] }, { a: ['1'] }), (s) => s.same({ a: [1] }, { a: [2] })],
    ['same, a list', (s) => s.same([], []), (s) => s.same(['a'], [])],
    [
      'strictSame',
      (s) => s.strictSame({ a: [1] }, { a: [1] }),
      (s) => s.strictSame({ a: [1] }, { a: ['1'] }),
    ],
    ['match', (s) => s.match({ a: 'xyz' }, { a: /y/ }), (s) => s.match({ a: 'xyz' }, { a: /b/ })],
    ['match, a text', (s) => s.match('xyz', 'y'), (s) => s.match(undefined, 'y')],
    ['notMatch', (s) => s.notMatch('xyz', 'b'), (s) => s.notMatch('xyz', 'y')],
    [
      'throws',
      (s) => s.throws(() => JSON.parse('{'), /JSON/),
      (s) => s.throws(() => JSON.parse('{}')),
    ],
    [
      'rejects',
      (s) => s.rejects(Promise.reject(new Error('a')), { message: 'a' }),
      (s) => s.rejects(Promise.reject(new Error('a')), { message: 'b' }),
    ],
    ['fail', (s) => s.pass(), (s) => s.fail('told to')],
    [
      'a test inside',
      (s) => s.test('', (inside) => inside.ok(1)),
      (s) => s.test('', (inside) => inside.ok(0)),
    ],
  ];

for (const [name, holding, failing] of CHECKS) {
  t.test(name, async (t) => {
    t.notOk(await fails(holding), 'holds');
    t.ok(await fails(failing), 'fails');
  });
}

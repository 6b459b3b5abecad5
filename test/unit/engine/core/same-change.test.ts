import fc from 'fast-check';
import t from 'tap';
import type { Change } from '../../../../src/engine/core/eni-config.ts';
import { isSameChange } from '../../../../src/engine/core/same-change.ts';
import { changes } from '../../../support/any-change.ts';
import { assertProperty } from '../../../support/properties.ts';

t.test('property: a change is the same as its copy', (t) => {
  assertProperty(
    t,
    fc.property(changes, (change) => isSameChange(change, structuredClone(change))),
    200,
  );
  t.end();
});

t.test('property: two changes are the same only if nothing tells them apart', (t) => {
  /** In the order of members and of maps, which JSON has no word for. */
  const shown = (change: Change) =>
    JSON.stringify(change, (_name, value: unknown) =>
      value instanceof Map ? ['a map', ...value] : value,
    );
  assertProperty(
    t,
    fc.property(changes, changes, (one, other) => {
      if (isSameChange(one, other) && shown(one) !== shown(other)) throw new Error('told apart');
    }),
    200,
  );
  t.end();
});

t.test('an absent member, a list and a map are not the same as what looks like them', (t) => {
  const empty = { data: new Map(), binaryData: new Map(), immutable: false };
  const change: Change = { operation: 'UPDATE', new: empty, old: empty };
  const without = { operation: change.operation, new: change.new } as unknown as Change;
  const odd = (data: unknown) => ({ ...change, new: { ...empty, data } }) as Change;
  t.notOk(isSameChange(change, without));
  t.notOk(isSameChange({ ...change, old: undefined }, without));
  t.notOk(isSameChange(odd({}), change));
  t.notOk(isSameChange(change, odd([])));
  t.notOk(isSameChange(odd(null), odd({})));
  t.ok(isSameChange(odd(new Map([['a', '1']])), odd(new Map([['a', '1']]))));
  t.notOk(
    isSameChange(
      odd(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      ),
      odd(
        new Map([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
    ),
  );
  t.end();
});

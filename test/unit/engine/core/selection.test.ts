import t from 'tap';
import { createContext } from '../../../../src/engine/core/context.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import type { Look, Rule } from '../../../../src/engine/core/rule.ts';
import { selection } from '../../../../src/engine/core/selection.ts';
import { CHANGE, fakeRule } from '../../../support/fake-rules.ts';

/** Which rules are asked, whatever they would find. */

const context = createContext(CHANGE, NO_FACTS, DEFAULT_POLICY);
const keys: Look = ({ object }) => object.data.keys();
const letters: Look = () => ['a', 'b', 'a'];

const rule = (id: string, about?: Rule['about']): Rule => ({
  ...fakeRule(id, []),
  ...(about && { about }),
});

const asked = (...rules: readonly Rule[]) => selection(rules)(context).map(({ info }) => info.id);

t.test(
  'the rules without a subject, and those of which the object has one, in their order',
  (t) => {
    t.same(
      asked(
        rule('key', { look: keys, names: ['eni_conf'] }),
        rule('no-key', { look: keys, names: ['a'] }),
        rule('any'),
        rule('letter', { look: letters, names: ['c', 'b'] }),
        rule('no-letter', { look: letters, names: ['eni_conf'] }),
        rule('one-of-two', [
          { look: keys, names: ['a'] },
          { look: letters, names: ['a'] },
        ]),
        rule('no-name', { look: letters, names: [] }),
        rule('last'),
      ),
      ['key', 'any', 'letter', 'one-of-two', 'last'],
    );
    t.same(asked(), []);
    t.end();
  },
);

t.test('where a look fails every rule is asked', (t) => {
  const failing: Look = () => {
    throw new Error('no look');
  };
  t.same(
    asked(
      rule('no-key', { look: keys, names: ['a'] }),
      rule('failing', { look: failing, names: ['a'] }),
      rule('any'),
    ),
    ['no-key', 'failing', 'any'],
  );
  t.end();
});

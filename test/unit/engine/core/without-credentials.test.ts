import t from 'tap';
import { createContext } from '../../../../src/engine/core/context.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import type { Problem } from '../../../../src/engine/core/finding.ts';
import { paste, prose } from '../../../../src/engine/core/fix.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { withoutCredentials } from '../../../../src/engine/core/without-credentials.ts';
import { creation } from '../../../support/changes.ts';
import { info } from '../../../support/fake-rules.ts';

/** What a finding must not show of a member that looks like a credential. */

const KEY = '10-terway.conflist';
const TEXT = '{"plugins": [{"type": "own", "access_secret": "hunter2", "b": 1}]}';
const CONTEXT = createContext(creation({ [KEY]: TEXT }), NO_FACTS, DEFAULT_POLICY);

const shown = (problem: Problem) => withoutCredentials(problem, info('one'), CONTEXT);
const at = { offset: TEXT.indexOf('"hunter2"'), length: 9 };

t.test('a value to paste is masked, and the rest of the words is kept', async (t) => {
  const told = shown({ key: KEY, message: 'a', fix: paste('"access_secret": "hunter2"') });
  t.equal(told.fix?.kind, 'prose');
  t.match(told.fix?.text, /^write "access_secret": .*asterisks$/);
  t.notMatch(told.fix?.text, 'hunter2');
  const plain = { key: KEY, message: 'a', fix: paste('"mtu": 1500') };
  t.same(shown(plain), plain);
});

t.test('a problem at the value tells no more than the name of the rule', async (t) => {
  const path = ['plugins', 0, 'access_secret', 'hunter2'];
  const told = shown({ key: KEY, path, at, message: 'hunter2 is wrong' });
  t.same(told.path, ['plugins', 0]);
  t.equal(told.message, 'A fake rule; what stands here looks like a credential and is not shown');
  t.same(told.fix, prose('the general remedy'));
});

t.test('what is said of eni_conf, or of no key, is left as it is', async (t) => {
  const fix = paste('"access_secret": "hunter2"');
  for (const problem of [
    { key: 'eni_conf', message: 'a', fix },
    { message: 'a', fix },
  ]) {
    t.same(shown(problem), problem);
  }
});

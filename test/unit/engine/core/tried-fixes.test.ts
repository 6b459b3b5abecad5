import t from 'tap';
import type { Finding } from '../../../../src/engine/core/finding.ts';
import { type Fix, inText, paste, prose } from '../../../../src/engine/core/fix.ts';
import { findingOf } from '../../../../src/engine/core/rule.ts';
import { withTriedFixes } from '../../../../src/engine/core/tried-fixes.ts';
import { deletion, update } from '../../../support/changes.ts';
import { info } from '../../../support/fake-rules.ts';

/** A fix that is tentative is tried on the written object, where that is cheap. */

const KEY = '10-terway.conflist';
const CHANGE = update({ [KEY]: 'old' }, { [KEY]: 'new' });
const EDITS = inText(KEY, { offset: 0, length: 3, text: 'mended' });

const found = (id: string, fix: Fix, message = 'wrong'): Finding =>
  findingOf(info(id, id === 'remark' ? { advisory: true } : {}), { key: KEY, message, fix }, false);
const tentative = (fix: Fix): Fix => ({ ...fix, isTentative: true });

const FINDING = found('one', tentative(prose('mend it', EDITS)));

t.test('what is mended without anything new keeps its edits', async (t) => {
  let mended: string | undefined;
  const [tried] = withTriedFixes([FINDING], CHANGE, (change) => {
    mended = change.new?.data.get(KEY);
    return [found('remark', prose('restart'))];
  });
  t.equal(mended, 'mended');
  t.same(tried?.fix, { kind: 'prose', text: 'mend it', edits: EDITS });
});

t.test('what brings another finding says so, and leaves its edits out', async (t) => {
  const brings = () => [found('two', prose('mend that'), 'wrong as well')];
  const [tried] = withTriedFixes([FINDING], CHANGE, brings);
  t.same(tried?.fix, {
    kind: 'prose',
    text: 'mend it; then look at this as well: wrong as well',
  });
  const pasted = found('one', tentative(paste('"a": 1', EDITS)));
  const [other] = withTriedFixes([pasted], CHANGE, brings);
  t.match(other?.fix, { kind: 'prose', text: 'write "a": 1; then look at this as well' });
  const [more] = withTriedFixes([FINDING], CHANGE, () => [FINDING, FINDING]);
  t.equal(more?.fix.edits, undefined, 'a second finding of the same rule is new, too');
});

t.test('what is certain, or can not be tried, is not tried', async (t) => {
  const never = () => {
    throw new Error('it was tried');
  };
  const certain = found('one', prose('mend it', EDITS));
  t.same(withTriedFixes([certain], CHANGE, never), [certain]);
  const words = { kind: 'prose', text: 'mend it' };
  const fixOf = (...args: Parameters<typeof withTriedFixes>) => withTriedFixes(...args)[0]?.fix;
  t.same(fixOf([FINDING], deletion({ [KEY]: 'old' }), never), words, 'nothing is left to mend');
  const withoutEdits = found('one', tentative(prose('mend it')));
  t.same(fixOf([withoutEdits], CHANGE, never), words);
  const long = update({}, { [KEY]: 'x'.repeat(64 * 1024 + 1) });
  t.same(fixOf([FINDING], long, never), words);
});

t.test('the more values an object has, the fewer fixes are tried', async (t) => {
  const triesWith = (values: number) => {
    let tries = 0;
    const list = `[${Array(values).fill('1').join(',')}]`;
    const change = update({}, { [KEY]: list, eni_conf: list });
    withTriedFixes(Array<Finding>(12).fill(FINDING), change, () => {
      tries += 1;
      return [];
    });
    return tries;
  };
  t.same([200, 1000, 2900].map(triesWith), [10, 2, 0]);
});

t.test('of many the first ten are tried, and what is certain stays beside them', async (t) => {
  let tries = 0;
  const certain = found('two', prose('mend it', EDITS));
  const many = [certain, ...Array.from({ length: 12 }, () => FINDING)];
  const tried = withTriedFixes(many, CHANGE, () => {
    tries += 1;
    return [];
  });
  t.equal(tries, 10);
  t.same(
    tried.map(({ fix }) => fix.edits !== undefined),
    [true, ...Array<boolean>(10).fill(true), false, false],
  );
});

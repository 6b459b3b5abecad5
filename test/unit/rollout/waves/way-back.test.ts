import t from 'tap';
import { withoutTexts } from '../../../../src/rollout/history/document.ts';
import type { Revision } from '../../../../src/rollout/history/revision.ts';
import { formerTextOf, wayBack } from '../../../../src/rollout/waves/former.ts';
import { exposedNodes } from '../../../../src/rollout/waves/harm.ts';
import { former } from './simulated.ts';

const revision = (number: number, chain: string, more: Partial<Revision> = {}): Revision => ({
  number,
  at: '2026-01-01T00:00:00Z',
  resourceVersion: String(number),
  hash: `sha256:${number}`,
  chain,
  data: { '10-terway.conf': '{}', '10-terway.conflist': chain },
  ...more,
});
const history = (...chains: readonly string[]) => ({
  seen: '9',
  revisions: chains.map((chain, index) => revision(index + 1, chain)),
});

t.test('the way back is the last revision with another chain', async (t) => {
  t.match(wayBack(history('a', 'b', 'c', 'c'), 'c'), { former: { number: 2 }, isBack: false });
  t.equal(wayBack(history('c'), 'c'), undefined);
  t.equal(wayBack(history(), 'c'), undefined);
  t.match(wayBack(history('a', 'b'), 'unseen'), { former: { number: 2 } }, 'no guard has seen it');
  const kept = {
    seen: '9',
    revisions: [revision(1, 'a'), withoutTexts(revision(2, 'b')), revision(3, 'c')],
  };
  t.match(wayBack(kept, 'c'), { former: { number: 1 } }, 'whose texts are kept');
});

t.test('what was taken back is not brought again', async (t) => {
  t.match(wayBack(history('a', 'b', 'a'), 'a'), { former: { number: 2 }, isBack: true });
});

t.test('the chain that counts is shown', async (t) => {
  t.equal(formerTextOf(revision(1, 'a')).chain, 'a');
  const data = { cni_chain: '- type: portmap', '10-terway.conflist': 'a' };
  t.equal(formerTextOf(revision(1, 'a', { data })).chain, '- type: portmap');
  t.equal(formerTextOf(revision(1, 'a', { data: {} })).chain, undefined);
});

t.test('nodes that may be harmed run another chain, or have no ready Terway pod', async (t) => {
  const nodes = [
    former('other'),
    { ...former('well'), chain: 'current' },
    { ...former('stuck'), chain: 'current', isTerwayReady: false },
    { ...former('off'), isReady: false, isTerwayReady: false },
    { ...former('exclusive'), chain: 'ignored' },
  ] as const;
  t.same(exposedNodes(nodes), ['other', 'stuck']);
});

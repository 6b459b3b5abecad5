import type { Test } from 'tap';

import type { RuleId } from '../../../src/engine/rules/index.ts';
import { GOOD } from '../../support/config-maps.ts';
import type { NodeShowing } from '../../support/claims/claim.ts';
import { NODE_SHOWINGS } from '../../support/node-showings.ts';
import { keepSentences, readSentences, steadySentence } from '../../support/sentences.ts';
import type { Lab } from '../lab/lab.ts';
import { HarmedNode, type Outcome } from './harmed-node.ts';

/** One rule of so many is tried: all of them take ten minutes. */
const SHARE = Number(process.env.PROOFS_SHARE ?? 1);
const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * SHARE));

const CONTROL: NodeShowing = { data: GOOD, fails: 'host-port', message: /./, hasHostPort: true };

/**
 * The outages that rules speak of happen on a real node that Terway starts on with what the guard
 * refuses; what the programs say then is what the rules' pages and the doctor know.
 */
export async function claimsHappen(t: Test, lab: Lab): Promise<void> {
  const [worker] = lab.workers;
  if (worker === undefined) throw new Error('a lab has nodes');
  const node = new HarmedNode(lab, worker);

  await t.test('nothing fails with a good chain', async (t) => {
    t.same(await node.outcomeOf(CONTROL, 'nothing'), { fails: 'nothing', said: '' });
  });

  t.comment(`1 of ${SHARE} rules, drawn with FC_SEED=${seed}`);
  const tried = [...NODE_SHOWINGS].filter((_, index) => (index + seed) % SHARE === 0);
  for (const [rule, showings] of tried) {
    await t.test(rule, async (t) => {
      const sentences: string[] = [];
      for (const showing of showings) {
        const outcome = await node.outcomeOf(showing);
        t.equal(outcome.fails, showing.fails, `${rule}: ${outcome.said.slice(0, 1000)}`);
        t.match(outcome.said, showing.message);
        sentences.push(steadySentence(sentenceIn(outcome, showing)));
      }
      if (process.env.UPDATE_GOLDEN === '1') keep(rule, sentences);
      t.same(readSentences('nodes')[rule], sentences);
    });
  }

  await t.test('nor is anything left of it', async (t) => {
    t.same(await node.outcomeOf(CONTROL, 'nothing'), { fails: 'nothing', said: '' });
  });
}

function keep(rule: RuleId, sentences: readonly string[]): void {
  keepSentences('nodes', { [rule]: sentences }, [...NODE_SHOWINGS.keys()]);
}

/** What is said of it: of a log the last lines, from where terway-cli ends; of chains the last refused. */
function sentenceIn({ said, fails }: Outcome, { message }: NodeShowing): string {
  if (fails === 'init') {
    const last = said.slice(said.search(/^(error|task): (?![^]*^(error|task): )/m));
    // What it says on the other stream may come before or behind that.
    return last.replace(/^no prev cilium chainer\n?/m, '');
  }
  if (fails !== 'not-ready') return said;
  return said.split('\n').findLast((line) => message.test(line)) ?? said;
}

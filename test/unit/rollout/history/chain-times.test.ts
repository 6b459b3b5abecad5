import t from 'tap';
import { chainAt, chainSince } from '../../../../src/rollout/history/chain-times.ts';
import type { Revision } from '../../../../src/rollout/history/revision.ts';

const time = (minute: number) => new Date(Date.UTC(2026, 0, 8, 10, minute)).toISOString();
const ms = (minute: number) => Date.parse(time(minute));

const revision = (number: number, minute: number, chain: string): Revision => ({
  number,
  at: time(minute),
  resourceVersion: String(number),
  hash: `sha256:${number}`,
  chain,
});

const history = (...revisions: readonly Revision[]) => ({ seen: '9', revisions });

t.test('the chain at a moment', async (t) => {
  const first = revision(4, 10, 'a');
  const second = revision(5, 20, 'b');
  const kept = history(first, second);
  t.strictSame(chainAt(kept, ms(9)), { kind: 'unknown' });
  t.strictSame(chainAt(kept, ms(10)), { kind: 'known', revision: first });
  t.strictSame(chainAt(kept, ms(19)), { kind: 'known', revision: first });
  t.strictSame(chainAt(kept, ms(20)), { kind: 'known', revision: second });
  t.strictSame(chainAt(kept, ms(59)), { kind: 'known', revision: second });
  t.strictSame(chainAt(history(), ms(59)), { kind: 'unknown' });
});

t.test('before a gap it is known as long as guards could see', async (t) => {
  const first = revision(4, 10, 'a');
  const second = { ...revision(5, 20, 'b'), gap: true } as const;
  const kindAt = (minute: number, gapSince?: string) =>
    chainAt(history(first, { ...second, ...(gapSince && { gapSince }) }), ms(minute)).kind;
  t.equal(kindAt(10), 'unsure');
  t.equal(kindAt(10, time(15)), 'known');
  t.equal(kindAt(16, time(15)), 'unsure');
  t.equal(kindAt(20), 'known');
});

t.test('since when a chain is current', async (t) => {
  const kept = history(
    revision(1, 1, 'a'),
    revision(2, 2, 'b'),
    revision(3, 3, 'a'),
    revision(4, 4, 'a'),
  );
  t.strictSame(chainSince(kept, 'a'), { ms: ms(3), revision: kept.revisions[2] });
  t.equal(chainSince(kept, 'b'), undefined, 'a former chain');
  t.equal(chainSince(history(), 'a'), undefined);
  t.strictSame(chainSince(history(revision(1, 1, 'a')), 'a')?.ms, ms(1));
});

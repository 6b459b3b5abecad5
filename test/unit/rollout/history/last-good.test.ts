import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import { LastGood } from '../../../../src/rollout/history/last-good.ts';
import type { Revision } from '../../../../src/rollout/history/revision.ts';
import { configMap } from '../../../support/changes.ts';
import { type Data, GOOD, TYPO } from '../../../support/config-maps.ts';

const at = '2026-01-08T10:00:00.000Z';
const revision = (number: number, data?: Data): Revision => ({
  number,
  at,
  resourceVersion: String(number),
  hash: String(number),
  chain: String(number),
  ...(data ? { data } : {}),
});

t.test('the newest revision that the rules accept', async (t) => {
  const last = new LastGood(() => NO_FACTS, DEFAULT_POLICY);
  const after = (...revisions: readonly Revision[]) => {
    last.see({ seen: '9', revisions });
    return last.revision;
  };
  t.equal(last.revision, undefined);
  t.same(after(revision(1, GOOD), revision(2, GOOD)), { number: 2, at, object: configMap(GOOD) });
  t.same(after(revision(1, GOOD), revision(2, TYPO)), { number: 1, at, object: configMap(GOOD) });
  t.same(
    after(revision(1, GOOD), revision(2)),
    { number: 1, at, object: configMap(GOOD) },
    'texts not kept',
  );
  t.equal(after(revision(1, TYPO)), undefined);
});

t.test('what is known of the cluster decides with', async (t) => {
  let facts: Facts = NO_FACTS;
  const last = new LastGood(() => facts, DEFAULT_POLICY);
  last.see({ seen: '9', revisions: [revision(1, GOOD)] });
  t.equal(last.revision?.number, 1);
  const source = { kind: 'configuration' } as const;
  facts = { ...NO_FACTS, terway: { value: parseVersion('1.0.0')!, source } };
  last.judge();
  t.equal(last.revision, undefined);
});

import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import {
  HistoryError,
  MAX_COMPRESSED_BYTES,
  MAX_REVISIONS,
  decodeHistory,
  encodeHistory,
} from '../../../../src/rollout/history/document.ts';
import {
  type Revision,
  chainHash,
  configMapOf,
  textsHash,
} from '../../../../src/rollout/history/revision.ts';
import { assertAsyncProperty } from '../../../support/properties.ts';

const revision = (number: number, data: Readonly<Record<string, string>>): Revision => ({
  number,
  at: '2026-01-08T10:00:00.123Z',
  resourceVersion: String(100 + number),
  hash: textsHash({ data: new Map(Object.entries(data)), binaryData: new Map() }),
  chain: chainHash(new Map(Object.entries(data))),
  data,
});

const history = (...revisions: readonly Revision[]) => ({
  seen: revisions.at(-1)?.resourceVersion ?? '0',
  revisions,
});

/** A text that does not compress. */
const noise = (bytes: number) => randomBytes(bytes / 2).toString('hex');

t.test('what is written is read again, and with gunzip alone', async (t) => {
  const kept = history(
    { ...revision(7, { eni_conf: '{"größe":1}', ['__proto__']: 'a' }), user: 'alice' },
    { ...revision(8, {}), binaryData: { x: 'AA==' }, gap: true, gapSince: '2026-01-08T09:00:00Z' },
  );
  const bytes = await encodeHistory(kept);
  t.strictSame(await decodeHistory(bytes), kept);
  t.strictSame(JSON.parse(gunzipSync(bytes).toString()), { schema: 1, ...kept });
});

t.test('any texts fit: at most 20 revisions, the newest of them, never too long', async (t) => {
  const size = fc.constantFrom(10, 1_000, 100_000, 1_000_000);
  await assertAsyncProperty(
    t,
    fc.asyncProperty(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 22 }), async (sizes) => {
      const revisions = sizes.map(([bytes, isNoise], index) =>
        revision(index + 1, { a: isNoise ? noise(bytes) : '\u0001'.repeat(bytes) }),
      );
      const bytes = await encodeHistory(history(...revisions));
      const read = await decodeHistory(bytes);
      const kept = read.revisions;
      return (
        bytes.length <= MAX_COMPRESSED_BYTES &&
        kept.length <= MAX_REVISIONS &&
        (kept.length > 0 || revisions.length === 0) &&
        kept.every(({ number, hash }, index) => {
          const original = revisions[revisions.length - kept.length + index]!;
          return number === original.number && hash === original.hash;
        })
      );
    }),
    3,
  );
});

t.test('a newest revision that is too long alone keeps its hashes', async (t) => {
  const large = revision(2, { a: noise(1_200_000) });
  const { revisions } = await decodeHistory(await encodeHistory(history(revision(1, {}), large)));
  const { data, ...hashes } = large;
  t.strictSame(revisions, [hashes]);
  t.equal(configMapOf(revisions[0]!), undefined);
  t.strictSame(configMapOf(large)?.data, new Map(Object.entries(data!)));
});

t.test('what is no history is refused without a word of it', async (t) => {
  const packed = (value: unknown) => gzipSync(JSON.stringify(value));
  const good = { schema: 1, ...history(revision(1, { eni_conf: 'secret' })) };
  const bad = [
    Buffer.from('secret'),
    gzipSync('secret'),
    packed([]),
    packed({ ...good, seen: 7 }),
    packed({ ...good, seen: 'secret' }),
    packed({ ...good, revisions: [{ ...good.revisions[0], number: Number.MAX_SAFE_INTEGER }] }),
    packed({ ...good, revisions: {} }),
    packed({ ...good, revisions: [{ ...good.revisions[0], at: 'secret' }] }),
    packed({ ...good, revisions: [{ ...good.revisions[0], at: '2026-01-08 (secret)' }] }),
    packed({ ...good, revisions: [{ ...good.revisions[0], data: { eni_conf: 1 } }] }),
    packed({ ...good, revisions: [{ ...good.revisions[0], gap: 'secret' }] }),
  ];
  for (const bytes of bad) {
    const error = await decodeHistory(bytes).catch((error: unknown) => error);
    t.ok(error instanceof HistoryError);
    t.notMatch((error as Error).message, /secret/);
    t.match((error as Error).message, /; take its key history out, and the guard begins anew$/);
  }
  await t.rejects(decodeHistory(packed({ ...good, schema: 2 })), /another schema than 1/);
});

t.test('of more revisions than a guard writes the newest are read', async (t) => {
  const revisions = Array.from({ length: 1000 }, (_, index) => revision(index + 1, {}));
  const bytes = gzipSync(JSON.stringify({ schema: 1, seen: '9', revisions }));
  const read = await decodeHistory(bytes);
  t.equal(read.revisions.length, MAX_REVISIONS);
  t.equal(read.revisions.at(-1)?.number, 1000);
});

t.test('texts have one hash in any order, and an absent object has one of its own', async (t) => {
  const texts = (...data: [string, string][]) => ({ data: new Map(data), binaryData: new Map() });
  t.equal(textsHash(texts(['a', '1'], ['b', '2'])), textsHash(texts(['b', '2'], ['a', '1'])));
  t.not(textsHash(texts(['a', '1'])), textsHash(texts(['a', '2'])));
  t.not(textsHash(texts()), textsHash(undefined));
  t.equal(chainHash(new Map([['eni_conf', 'a']])), chainHash(new Map([['eni_conf', 'b']])));
  t.not(chainHash(new Map([['cni_chain', 'a']])), chainHash(new Map([['10-terway.conf', 'a']])));
});

import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import type { StoredObject } from '../../../../src/engine/core/stored-object.ts';
import {
  encodeHistory,
  MAX_COMPRESSED_BYTES,
  MAX_REVISIONS,
  NO_HISTORY,
} from '../../../../src/rollout/history/document.ts';
import type { ApiCall, ApiServer } from '../../../../src/kube/api.ts';
import { historyStore, readHistory } from '../../../../src/rollout/history/secret.ts';
import { FAILURES } from '../../../support/answering-api.ts';
import { GOOD } from '../../../support/config-maps.ts';
import { HistoryKeeper, type HistoryStore } from '../../../../src/rollout/history/keeper.ts';
import type { History, Revision } from '../../../../src/rollout/history/revision.ts';
import { keepLines } from '../../../support/kept-lines.ts';
import { assertAsyncProperty } from '../../../support/properties.ts';

// Pauses of the keeper do not keep a process alive.
const alive = setInterval(() => undefined, 60_000);
t.teardown(() => clearInterval(alive));

const NOW = Date.UTC(2026, 0, 8, 10);
/** HISTORY_WRITES=10000 takes half a minute. */
const WRITES = Number(process.env.HISTORY_WRITES ?? 100);

/** A Secret in memory, with versions as an API server keeps them. */
class FakeStore implements HistoryStore {
  history: History = NO_HISTORY;
  writes = 0;
  /** What every call fails with while it is set. */
  outage: Error | undefined;
  isMissing = false;
  /** Awaited before each call; writers overtake each other there. */
  turn: () => Promise<unknown> = async () => undefined;

  async read() {
    await this.turn();
    if (this.outage) throw this.outage;
    if (this.isMissing) return undefined;
    return {
      history: this.history,
      secret: { metadata: { resourceVersion: String(this.writes) } },
    };
  }

  async write(known: Awaited<ReturnType<HistoryStore['read']>> & object, history: History) {
    await this.turn();
    if (known.secret.metadata.resourceVersion !== String(this.writes)) return false;
    this.history = history;
    this.writes += 1;
    return true;
  }
}

/** The Secret behind an API server, which refuses what was read at another version. */
class FakeSecret implements ApiServer {
  #version = 1;
  #data: Readonly<Record<string, string>> = {};
  /** Bytes of each write. */
  readonly sizes: number[] = [];
  conflicts = 0;

  async call<T>({ method, body }: ApiCall): Promise<T> {
    await turn();
    if (method === 'PUT') this.#write(body as SecretJson);
    return { metadata: { resourceVersion: String(this.#version) }, data: this.#data } as T;
  }

  #write({ metadata, data }: SecretJson): void {
    if (metadata.resourceVersion !== String(this.#version)) {
      this.conflicts += 1;
      throw FAILURES.conflict;
    }
    this.#data = data;
    this.#version += 1;
    this.sizes.push(Buffer.from(data.history ?? '', 'base64').length);
  }

  watch(): never {
    throw new Error('nothing is watched');
  }
}

interface SecretJson {
  readonly metadata: { readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

const object = (text: string): StoredObject => ({
  configMap: {
    data: new Map([['10-terway.conflist', text]]),
    binaryData: new Map(),
    immutable: false,
  },
  writer: { name: 'kubectl-edit', atMs: NOW - 1000 },
});

function keeperOf(store: HistoryStore) {
  const { log, lines } = keepLines();
  const ended = new AbortController();
  const told: History[] = [];
  const keeper = new HistoryKeeper(
    { store, log, onHistory: (history) => told.push(history), pauseMs: () => 0, now: () => NOW },
    ended.signal,
  );
  const see = (version: number, text: string | undefined, isListed = false) => {
    const sight = { resourceVersion: String(version), isListed };
    keeper.see(
      text === undefined ? undefined : object(text),
      sight,
      isListed ? NOW - 60_000 : undefined,
    );
  };
  return { keeper, see, told, lines, end: () => ended.abort() };
}

const shown = ({ revisions }: History) =>
  revisions.map(({ number, resourceVersion, data, gap, user }: Revision) =>
    [
      `${number}:${resourceVersion}`,
      data?.['10-terway.conflist'] ?? '-',
      ...(user === undefined ? [] : [user]),
      ...(gap ? ['gap'] : []),
    ].join(' '),
  );

t.test('each version stands there once, with what is known of its author', async (t) => {
  const store = new FakeStore();
  const { keeper, see, told } = keeperOf(store);
  see(7, 'a', true);
  keeper.admit(object('b').configMap, 'alice');
  see(8, 'b');
  see(8, 'b');
  see(9, 'b');
  see(10, undefined);
  see(11, 'b');
  await keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a', '2:8 b alice', '3:10 -', '4:11 b alice']);
  t.equal(store.history.seen, '11');
  t.strictSame(told.at(-1), store.history);
  const [first] = store.history.revisions;
  t.equal(first?.at, '2026-01-08T10:00:00.000Z');
  t.equal(first?.fieldManager, 'kubectl-edit');
  t.equal(first?.fieldManagerAt, '2026-01-08T09:59:59.000Z');
});

t.test('what a guard did not watch is told', async (t) => {
  const store = new FakeStore();
  const first = keeperOf(store);
  first.see(7, 'a', true);
  await first.keeper.idle();

  const second = keeperOf(store);
  second.see(7, 'a', true);
  await second.keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a'], 'nothing was missed');
  t.equal(store.writes, 1);

  second.see(9, 'b', true);
  second.see(10, 'c');
  second.see(12, 'c', true);
  await second.keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a', '2:9 b gap', '3:10 c', '4:12 c gap']);
  t.equal(store.history.revisions[1]?.gapSince, '2026-01-08T09:59:00.000Z');

  second.see(13, undefined);
  await second.keeper.idle();
  const third = keeperOf(store);
  third.see(99, undefined, true);
  await third.keeper.idle();
  t.equal(store.history.seen, '13', 'that there is still none is no version');
});

t.test('the replica that admitted a write may see it after another one', async (t) => {
  const store = new FakeStore();
  const [knowing, other] = [keeperOf(store), keeperOf(store)];
  knowing.keeper.admit(object('a').configMap, 'alice');
  other.see(7, 'a');
  await other.keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a']);
  knowing.see(7, 'a');
  await knowing.keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a alice']);
});

t.test('two writers at once, in any order: no version twice, none missing', async (t) => {
  await assertAsyncProperty(
    t,
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }),
      async (scheduler, texts) => {
        const store = new FakeStore();
        store.turn = async () => scheduler.schedule(Promise.resolve());
        const writers = [keeperOf(store), keeperOf(store)];
        const told = writers.map(async ({ keeper, see }) => {
          const steps = texts.map((text, index) => async () => see(index + 1, text));
          await scheduler.scheduleSequence(steps).task;
          await keeper.idle();
        });
        await scheduler.waitFor(Promise.all(told));
        const changes = texts.flatMap((text, index) =>
          text === texts[index - 1] ? [] : [`${index + 1} ${text}`],
        );
        const expected = changes.map((change, index) => `${index + 1}:${change}`);
        return JSON.stringify(shown(store.history)) === JSON.stringify(expected);
      },
    ),
    20,
  );
});

t.test('ten thousand writes take no more room than a hundred', async (t) => {
  const store = new FakeStore();
  const { keeper, see } = keeperOf(store);
  const sizeAfter = async (from: number, to: number) => {
    for (let version = from; version <= to; version += 1) {
      see(version, `{"plugins":[{"type":"terway"}],"n":${version % 1000}}`);
      await keeper.idle();
    }
    return (await encodeHistory(store.history)).length;
  };
  const early = await sizeAfter(1, 100);
  const late = await sizeAfter(101, 10_000);
  t.equal(store.writes, 10_000);
  t.equal(store.history.revisions.length, MAX_REVISIONS);
  t.equal(store.history.revisions.at(-1)?.number, 10_000);
  t.ok(store.history.revisions.every(({ data }) => data !== undefined));
  t.ok(late < early * 1.2, `${early} bytes, then ${late}`);
});

t.test(
  'two replicas at one Secret: it does not grow, and each version is written once',
  async (t) => {
    const secret = new FakeSecret();
    const replicas = [keeperOf(historyStore(secret)), keeperOf(historyStore(secret))];
    for (let version = 1; version <= WRITES; version += 1) {
      const data = { ...GOOD, felix_relay_service: `typha-${version}` };
      for (const { see } of replicas) see(version, JSON.stringify(data));
      await Promise.all(replicas.map(async ({ keeper }) => keeper.idle()));
    }
    const { sizes, conflicts } = secret;
    t.equal(sizes.length, WRITES);
    t.ok(conflicts > 0, `${conflicts} writes came too late`);
    const { revisions } = (await readHistory(secret))!.history;
    const last = Array.from({ length: MAX_REVISIONS }, (_, index) => WRITES - 19 + index);
    t.same(
      revisions.map(({ number, resourceVersion }) => [number, resourceVersion]),
      last.map((version) => [version, String(version)]),
    );
    const [early, late] = [sizes.slice(0, WRITES / 2), sizes.slice(WRITES / 2)].map((half) =>
      Math.max(...half),
    );
    t.comment(`${WRITES} writes, ${conflicts} of them twice: at most ${late} bytes`);
    t.ok(late! < early! * 1.05 && late! < MAX_COMPRESSED_BYTES, `${early} bytes, then ${late}`);
  },
);

t.test('without a Secret, or without rights, the guard says so once and goes on', async (t) => {
  const store = new FakeStore();
  store.isMissing = true;
  store.turn = async () => turn();
  const { keeper, see, lines } = keeperOf(store);
  see(7, 'a', true);
  for (let turns = 0; turns < 20; turns += 1) await turn();
  t.match(lines, [{ fields: { error: /no Secret kube-system\/eni-config-guard-history/ } }]);
  t.equal(lines.length, 1);
  store.isMissing = false;
  store.outage = new Error('no right');
  for (let turns = 0; turns < 20; turns += 1) await turn();
  store.outage = undefined;
  await keeper.idle();
  t.strictSame(shown(store.history), ['1:7 a'], 'nothing is lost');
  t.strictSame(
    lines.map(({ message, fields }) => (message === '' ? fields : message)),
    ["can't write the history of eni-config", 'the history of eni-config can be written again'],
  );
});

t.test('what waits is bounded, and what was dropped is told', async (t) => {
  const store = new FakeStore();
  store.isMissing = true;
  store.turn = async () => turn();
  const { keeper, see } = keeperOf(store);
  for (let version = 1; version <= 1500; version += 1) see(version, `${version}`);
  store.isMissing = false;
  await keeper.idle();
  const { revisions } = store.history;
  t.equal(revisions.length, MAX_REVISIONS);
  t.equal(revisions.at(-1)?.number, 1001, 'a thousand waited, and the one at work');
  t.equal(revisions[0]?.data?.['10-terway.conflist'], '1481');
});

t.test('an end does not wait for the API server', async (t) => {
  const store = new FakeStore();
  store.isMissing = true;
  const { keeper, see, end } = keeperOf(store);
  see(7, 'a', true);
  end();
  await keeper.idle();
  t.equal(store.writes, 0);
});

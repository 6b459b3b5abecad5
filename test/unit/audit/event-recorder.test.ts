import t from 'tap';
import {
  type EventRecord,
  EventRecorder,
  type RecorderOptions,
} from '../../../src/audit/event-recorder.ts';
import type { EventNote } from '../../../src/audit/events.ts';
import { keepLines } from '../../support/kept-lines.ts';
import { waitFor } from '../../support/wait.ts';

const PATIENCE_MS = 20_000;

const note = (message: string): EventNote => ({ type: 'Warning', reason: 'Refused', message });

/** A recorder whose store keeps records and fails while `broken.now` is set. */
function recorder(limits: RecorderOptions['limits'] = {}) {
  const records: EventRecord[] = [];
  const counts = { written: 0, dropped: 0, failed: 0 };
  const broken = { now: false };
  const { log, lines } = keepLines();
  const events = new EventRecorder({
    store: {
      async record(record) {
        if (broken.now) throw new Error('POST /events: Forbidden');
        records.push(record);
      },
    },
    log,
    count: (result, count) => (counts[result] += count),
    limits: { refillMs: 1, reserved: 0, ...limits },
  });
  return { events, records, counts, broken, lines };
}

t.test('what is written at once is merged with what equals it', async (t) => {
  const { events, records, counts } = recorder();
  for (const message of ['a', 'a', 'b', 'a']) events.write(note(message));
  t.same(records, [], 'nothing is written while a call waits for its answer');
  await events.idle();
  t.match(records, [
    { message: 'a', count: 3 },
    { message: 'b', count: 1 },
  ]);
  t.ok(records.every(({ firstMs, lastMs }) => firstMs <= lastMs));
  t.same(counts, { written: 4, dropped: 0, failed: 0 });
  events.write(note('a'));
  await events.idle();
  t.match(records[2], { message: 'a', count: 1 }, 'later ones are written again');
});

t.test('of different ones only so many wait, the others are counted', async (t) => {
  const { events, records, counts } = recorder({ waiting: 3 });
  for (const message of ['a', 'b', 'c', 'd', 'e', 'a']) events.write(note(message));
  await events.idle();
  t.same(
    records.map(({ message, count }) => `${count} ${message}`),
    ['2 a', '1 b', '1 c'],
  );
  t.same(counts, { written: 4, dropped: 2, failed: 0 });
});

t.test('after a burst the rest waits for its turn', async (t) => {
  const { events, records } = recorder({ burst: 2, refillMs: 60_000 });
  for (const message of ['a', 'b', 'c']) events.write(note(message));
  await waitFor('two records', PATIENCE_MS, () => (records.length >= 2 ? true : undefined));
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  t.same(
    records.map(({ message }) => message),
    ['a', 'b'],
  );
});

t.test('refusals leave room and tokens to what is rarer', async (t) => {
  const { events, records, counts } = recorder({
    burst: 3,
    refillMs: 60_000,
    waiting: 4,
    reserved: 1,
  });
  for (const message of ['a', 'b', 'c', 'd', 'e']) events.write(note(message));
  events.write({ ...note('bypass'), reason: 'BreakGlass' });
  await waitFor('two records', PATIENCE_MS, () => (records.length >= 2 ? true : undefined));
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  t.same(
    records.map(({ message }) => message),
    ['bypass', 'a'],
  );
  t.equal(counts.dropped, 2, 'refusals beyond their share');
  // The writer is asleep until the next token; what is rare has one left.
  const other = recorder({ burst: 2, refillMs: 1, reserved: 1 });
  other.events.write({ ...note('bypass'), reason: 'BreakGlass' });
  await other.events.idle();
  t.match(other.records, [{ message: 'bypass' }]);
});

t.test('and gets it', async (t) => {
  // The wait itself keeps no process alive, and nothing else happens here meanwhile.
  const alive = setInterval(() => undefined, 1000);
  t.teardown(() => clearInterval(alive));
  const { events, records } = recorder({ burst: 1, refillMs: 2 });
  for (const message of ['a', 'b', 'c']) events.write(note(message));
  await events.idle();
  t.equal(records.length, 3);
});

t.test(
  'an API server that refuses Events is told of once, and again after it took one',
  async (t) => {
    const { events, counts, broken, lines } = recorder();
    const write = async (message: string) => {
      events.write(note(message));
      await events.idle();
    };
    broken.now = true;
    await write('a');
    await write('b');
    t.match(lines, [{ level: 'warn', fields: { error: 'POST /events: Forbidden' } }]);
    broken.now = false;
    await write('c');
    broken.now = true;
    await write('d');
    t.equal(lines.length, 2);
    t.same(counts, { written: 1, dropped: 0, failed: 3 });
  },
);

import t from 'tap';
import type { StoredObject } from '../../../../src/engine/core/stored-object.ts';
import { type Revision, chainHash } from '../../../../src/rollout/history/revision.ts';
import {
  pastByHistory,
  pastByManagedFields,
  readPast,
} from '../../../../src/rollout/nodes/past.ts';
import {
  PORTMAP,
  VETH_CONF,
  BASE_VETH,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { FAILURES, answeringApi } from '../../../support/answering-api.ts';
import { at } from './pods.ts';

const WITHOUT = BASE_VETH;
const WITH = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
/** The same chain in another order and layout. */
const REORDERED = {
  ...WITH,
  '10-terway.conflist': JSON.stringify(
    JSON.parse(WITH['10-terway.conflist'] ?? '', (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ),
  ),
};

type Data = Readonly<Record<string, string>>;

const storedObject = (data: Data, changed?: string): StoredObject => ({
  configMap: { data: new Map(Object.entries(data)), binaryData: new Map(), immutable: false },
  ...(changed !== undefined && { changedMs: at(changed) }),
});

let number = 0;
const revision = (time: string, data: Data, more: Partial<Revision> = {}): Revision => ({
  number: ++number,
  at: new Date(at(time)).toISOString(),
  resourceVersion: String(number),
  hash: '',
  chain: chainHash(new Map(Object.entries(data))),
  data,
  ...more,
});

const iso = (time: string) => new Date(at(time)).toISOString();
const periodsOf = (revisions: readonly Revision[], stored: StoredObject | undefined) =>
  pastByHistory({ seen: '1', revisions }, stored).periods.map(({ since, chain }) => [
    new Date(since).toISOString().slice(11, 16),
    chain,
  ]);

t.test('a history as periods of what is stored today', async (t) => {
  const revisions = [
    revision('08:00', WITHOUT),
    revision('09:00', WITH),
    revision('10:00', WITHOUT),
    revision('11:00', REORDERED),
    revision('12:00', { ...REORDERED, eni_conf: '{"max_pool_size": 7}' }),
  ];
  t.same(periodsOf(revisions, storedObject(WITH, '11:00')), [
    ['08:00', 'former'],
    ['09:00', 'current'],
    ['10:00', 'former'],
    ['11:00', 'current'],
    ['12:00', 'current'],
  ]);
});

t.test('what guards did not see is unknown', async (t) => {
  const found = { fieldManagerAt: iso('07:00') };
  t.same(periodsOf([revision('08:00', WITH, found)], storedObject(WITH)), [['07:00', 'current']]);
  const gap = { gap: true, gapSince: iso('09:00'), fieldManagerAt: iso('10:00') } as const;
  t.same(
    periodsOf([revision('08:00', WITHOUT), revision('11:00', WITH, gap)], storedObject(WITH)),
    [
      ['08:00', 'former'],
      ['09:00', 'unknown'],
      ['10:00', 'current'],
    ],
  );
  t.same(
    periodsOf([revision('08:00', WITHOUT), revision('11:00', WITH, { gap: true })], undefined),
    [
      ['08:00', 'former'],
      ['08:00', 'unknown'],
      ['11:00', 'former'],
    ],
    'of which nothing is told since the revision before',
  );
});

t.test('what is stored and no guard has seen yet is current', async (t) => {
  t.same(periodsOf([revision('08:00', WITHOUT)], storedObject(WITH, '09:00')), [
    ['08:00', 'former'],
    ['09:00', 'current'],
  ]);
});

t.test('a revision that was too large to keep is compared by its hash', async (t) => {
  const { data, ...hashes } = revision('08:00', WITH);
  t.ok(data);
  t.same(periodsOf([hashes], storedObject(WITH)), [['08:00', 'current']]);
  t.same(periodsOf([hashes], storedObject(REORDERED, '09:00')), [
    ['08:00', 'former'],
    ['09:00', 'current'],
  ]);
});

t.test('without a history the managed fields tell', async (t) => {
  const stored = storedObject(WITH, '09:00');
  t.match(pastByManagedFields(stored), {
    origin: 'managed-fields',
    periods: [{ since: at('09:00'), chain: 'current' }],
  });
  t.same(pastByManagedFields(undefined), { origin: 'nothing', periods: [] });
  t.same(pastByManagedFields(storedObject(WITH)), { origin: 'nothing', periods: [] });
  const failures: unknown[] = [];
  const read = async (answer: unknown) =>
    (await readPast(answeringApi(answer).api, stored, (error) => failures.push(error))).origin;
  t.equal(await read(FAILURES.notFound), 'managed-fields');
  t.equal(await read({ metadata: { resourceVersion: '1' } }), 'managed-fields', 'empty so far');
  t.same(failures, []);
  t.equal(await read(FAILURES.forbidden), 'managed-fields');
  t.equal(await read({ data: { history: 'nonsense' } }), 'managed-fields');
  t.equal(failures.length, 2);
});

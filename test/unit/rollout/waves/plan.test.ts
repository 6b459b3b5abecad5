import fc from 'fast-check';
import t from 'tap';
import { type NodeState, isLimit, planOf } from '../../../../src/rollout/waves/plan.ts';
import { assertProperty } from '../../../support/properties.ts';
import { former } from './simulated.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `n${String(index + 1).padStart(4, '0')}`);
const ALL = { only: undefined, maxUnavailable: '10%' };

t.test('one node first, then twice as many from wave to wave, up to the limit', async (t) => {
  const { waves, maxUnavailable } = planOf(names(100).map(former), ALL);
  t.equal(maxUnavailable, 10);
  t.same(
    waves.map(({ length }) => length),
    [1, 2, 4, 8, 10, 10, 10, 10, 10, 10, 10, 10, 5],
  );
  t.same(waves[0], ['n0001'], 'the first by name');
  t.same(planOf(names(3).map(former), ALL).waves, [['n0001'], ['n0002'], ['n0003']]);
});

t.test('only nodes whose chain is not current are restarted', async (t) => {
  const chains = ['current', 'former', 'unsure', 'unknown', 'ignored'] as const;
  const nodes = chains.map((chain) => ({ ...former(chain), chain }));
  const plan = planOf(nodes, { ...ALL, maxUnavailable: '3' });
  t.same(plan.waves.flat(), ['former', 'unknown', 'unsure']);
  t.match(plan, { current: 1, ignored: 1, leftOut: [], suspects: [] });
  t.same(planOf(nodes, { ...ALL, only: ['current', 'unsure'] }).waves, [['unsure']]);
});

t.test('what is not well before is left out, but for a repair', async (t) => {
  const nodes = [
    { ...former('down'), isReady: false, isTerwayReady: false },
    { ...former('stuck'), isTerwayReady: false },
  ];
  t.match(planOf(nodes, ALL), {
    waves: [],
    leftOut: [
      { node: 'down', why: 'the node is not Ready' },
      { node: 'stuck', why: "Terway's pod is not ready" },
    ],
  });
  t.match(planOf(nodes, { ...ALL, isRepair: true }), {
    waves: [['down'], ['stuck']],
    leftOut: [],
  });
});

t.test('a node that runs the chain and has no ready Terway pod is a suspect', async (t) => {
  const bad = {
    ...former('bad'),
    chain: 'current',
    isExposed: true,
    isTerwayReady: false,
  } as const;
  const starting = { ...bad, name: 'starting', chain: 'unknown' } as const;
  const down = { ...bad, name: 'down', isReady: false };
  const { suspects } = planOf([former('a'), bad, starting, down], ALL);
  t.same(suspects, ['bad', 'starting'], 'a machine that is off is not');
});

t.test('the last node that got the chain is looked at first', async (t) => {
  const current = (name: string, since: number): NodeState => ({
    ...former(name),
    chain: 'current',
    since,
  });
  const nodes = [current('a', 1), current('b', 3), current('c', 2), former('d')];
  t.equal(planOf(nodes, ALL).looksFirstAt, 'b');
  t.equal(planOf(nodes.slice(0, 3), ALL).looksFirstAt, undefined, 'where there is work to do');
  t.equal(planOf(nodes, { ...ALL, isRepair: true }).looksFirstAt, undefined);
});

t.test('a limit is a number from 1 or a share', async (t) => {
  for (const text of ['1', '999999', '1%', '100%']) t.ok(isLimit(text), text);
  for (const text of ['', '0', '-1', '0%', '101%', '1.5', '1 %', 'all']) t.notOk(isLimit(text));
  t.equal(planOf(names(5).map(former), ALL).maxUnavailable, 1, 'at least one');
  t.equal(planOf(names(5).map(former), { ...ALL, maxUnavailable: '50%' }).maxUnavailable, 2);
});

t.test('no wave is larger than the limit, and no node is twice or too much', (t) => {
  const node = fc.record({
    name: fc.string({ minLength: 1, maxLength: 3 }),
    chain: fc.constantFrom('current', 'former', 'unsure', 'unknown', 'ignored'),
    isReady: fc.boolean(),
    isTerwayReady: fc.boolean(),
    isExposed: fc.boolean(),
    since: fc.constant(undefined),
  });
  const nodes = fc.uniqueArray(node, { selector: ({ name }) => name, maxLength: 40 });
  const limit = fc.oneof(fc.integer({ min: 1, max: 9 }).map(String), fc.constant('25%'));
  const property = fc.property(nodes, limit, (nodes, maxUnavailable) => {
    const plan = planOf(nodes, { only: undefined, maxUnavailable });
    const [canary = [], ...others] = plan.waves;
    const planned = plan.waves.flat();
    const due = nodes.filter(({ chain }) => chain !== 'current' && chain !== 'ignored');
    return (
      canary.length <= 1 &&
      others.every(({ length }) => length > 0 && length <= plan.maxUnavailable) &&
      new Set(planned).size === planned.length &&
      planned.length + plan.leftOut.length === due.length
    );
  });
  assertProperty(t, property, 100);
  t.end();
});

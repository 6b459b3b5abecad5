import fc from 'fast-check';
import t from 'tap';
import type { Outcome } from '../../../../src/rollout/waves/outcome.ts';
import { planOf } from '../../../../src/rollout/waves/plan.ts';
import { runRollout } from '../../../../src/rollout/waves/run.ts';
import { assertAsyncProperty } from '../../../support/properties.ts';
import { SimulatedNodes, former } from './simulated.ts';

const HARMED: Outcome = { kind: 'harmed', check: 'address', sentence: 'no route' };
const UNCHECKED: Outcome = { kind: 'unchecked', check: 'address', why: 'no room' };
const GONE: Outcome = { kind: 'gone' };
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`);

const planFor = (nodes: SimulatedNodes, maxUnavailable = '4') =>
  planOf(nodes.states, { only: undefined, maxUnavailable });

t.test('all waves are gone through, one after the other', async (t) => {
  const nodes = new SimulatedNodes(names(6).map(former));
  t.match(await runRollout(planFor(nodes), nodes.parts()), {
    how: 'done',
    well: 6,
    untouched: 0,
    failures: [],
  });
  const waves = nodes.events.flatMap((event) => (event.kind === 'wave' ? [event.nodes] : []));
  t.same(waves, [['n1'], ['n2', 'n3'], ['n4', 'n5', 'n6']]);
});

t.test('the first harm is the last restart', async (t) => {
  const nodes = new SimulatedNodes(names(6).map(former), new Map([['n1', HARMED]]));
  t.match(await runRollout(planFor(nodes), nodes.parts()), {
    how: 'stopped',
    well: 0,
    untouched: 5,
    failures: [{ node: 'n1', kind: 'harmed', check: 'address', said: 'no route' }],
  });
  t.same(nodes.restarts, ['n1']);
});

t.test('called again after harm, it restarts nothing more', async (t) => {
  const nodes = new SimulatedNodes(names(6).map(former), new Map([['n1', HARMED]]));
  await runRollout(planFor(nodes), nodes.parts());
  t.match(await runRollout(planFor(nodes), nodes.parts()), {
    how: 'stopped',
    untouched: 5,
    failures: [{ node: 'n1', kind: 'harmed' }],
  });
  t.same(nodes.restarts, ['n1']);
});

t.test('what could not be checked stops it, unless that is allowed', async (t) => {
  const unchecked = new Map([['n1', UNCHECKED]]);
  const strict = new SimulatedNodes(names(3).map(former), unchecked);
  const end = await runRollout(planFor(strict), strict.parts());
  t.match(end, { how: 'stopped', failures: [{ node: 'n1', kind: 'unchecked', said: 'no room' }] });
  t.same(strict.restarts, ['n1']);
  const lax = new SimulatedNodes(names(3).map(former), unchecked);
  const all = await runRollout(planFor(lax), lax.parts({ allowsUnchecked: true }));
  t.match(all, { how: 'done', well: 2, failures: [{ kind: 'unchecked' }] });
});

t.test('a node that was deleted is passed over', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former), new Map([['n2', GONE]]));
  t.match(await runRollout(planFor(nodes), nodes.parts()), {
    how: 'done',
    well: 2,
    gone: 1,
    failures: [],
    untouched: 0,
  });
  const canary = new SimulatedNodes(names(3).map(former), new Map([['n1', GONE]]));
  t.match(
    await runRollout(planFor(canary), canary.parts()),
    { how: 'stopped', why: /^the first node was deleted meanwhile/, gone: 1, untouched: 2 },
    'but for the first, which was to show that the chain does no harm',
  );
  t.same(canary.restarts, ['n1']);
});

t.test('after the pause the canary is looked at once more', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former));
  const parts = { ...nodes.parts({ pausesAfterCanary: true }) };
  const looked: string[] = [];
  const look = async (node: string) => {
    looked.push(node);
    return Promise.resolve(HARMED);
  };
  t.match(await runRollout(planFor(nodes), { ...parts, look }), { how: 'stopped', well: 0 });
  t.same(looked, ['n1']);
  t.same(nodes.restarts, ['n1']);
});

t.test('a pause that is not to be ended ends it', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former));
  const parts = nodes.parts({ pausesAfterCanary: true });
  const end = await runRollout(planFor(nodes), {
    ...parts,
    pause: async () => Promise.resolve(false),
  });
  t.match(end, { how: 'interrupted', well: 1, untouched: 2 });
});

t.test('an objection stops it before the next wave', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former));
  const parts = nodes.parts();
  const objection = async () =>
    Promise.resolve(nodes.restarts.length > 0 ? 'it has changed' : undefined);
  t.match(await runRollout(planFor(nodes), { ...parts, objection }), {
    how: 'stopped',
    why: 'it has changed',
    well: 1,
    untouched: 2,
  });
});

t.test('it is not done when eni-config changed during the last wave', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former));
  const objection = async () =>
    Promise.resolve(nodes.restarts.length === 3 ? 'it has changed' : undefined);
  t.match(await runRollout(planFor(nodes), { ...nodes.parts(), objection }), {
    how: 'stopped',
    why: 'it has changed',
    well: 3,
    untouched: 0,
  });
});

t.test('a defect is not taken for harm', async (t) => {
  const nodes = new SimulatedNodes(names(3).map(former));
  const restart = async () => Promise.reject(new TypeError('a defect'));
  await t.rejects(runRollout(planFor(nodes), { ...nodes.parts(), restart }), {
    message: 'a defect',
  });
});

t.test('whatever fails and whenever it is interrupted, it keeps its promises', async (t) => {
  const outcome = fc.constantFrom<Outcome | undefined>(
    undefined,
    undefined,
    HARMED,
    UNCHECKED,
    GONE,
  );
  const world = fc.record({
    outcomes: fc.array(outcome, { minLength: 1, maxLength: 12 }),
    limit: fc.integer({ min: 1, max: 5 }),
    first: fc.integer({ min: 0, max: 30 }),
    second: fc.integer({ min: 1, max: 30 }),
  });
  const property = fc.asyncProperty(world, async ({ outcomes, limit, first, second }) => {
    const all = names(outcomes.length);
    const known = all.flatMap((name, index) => {
      const outcome = outcomes[index];
      return outcome ? [[name, outcome] as const] : [];
    });
    const nodes = new SimulatedNodes(
      [...all.map(former), { ...former('x'), chain: 'ignored' }],
      new Map(known),
    );
    nodes.signals = [first, first + second];
    const plan = planFor(nodes, String(limit));
    const end = await runRollout(plan, nodes.parts());
    const begun = nodes.events.flatMap((event) => (event.kind === 'wave' ? event.nodes : []));
    // Waves before the last that began are well as a whole.
    const last = nodes.events.findLast((event) => event.kind === 'wave');
    const before = begun.filter((node) => last?.kind === 'wave' && !last.nodes.includes(node));
    const failed = end.failures.map(({ node }) => node);
    return (
      nodes.mostAtOnce <= limit &&
      new Set(nodes.restarts).size === nodes.restarts.length &&
      !nodes.restarts.includes('x') &&
      before.every((node) => !failed.includes(node)) &&
      (end.how === 'done') === (end.untouched === 0 && failed.length + end.unjudged.length === 0) &&
      end.well + end.gone + end.untouched + failed.length + end.unjudged.length === all.length
    );
  });
  await assertAsyncProperty(t, property, 100);
});

t.test('broken off at any moment and called again, it restarts every node once', async (t) => {
  const moments = fc.array(fc.tuple(fc.nat(12), fc.nat(6)), { maxLength: 6 });
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 12 }),
    moments,
    async (count, cuts) => {
      const nodes = new SimulatedNodes(names(count).map(former));
      for (const [first, second] of cuts) {
        const done = nodes.events.length + nodes.restarts.length;
        nodes.signals = [done + first, done + first + second + 1];
        await runRollout(planFor(nodes), nodes.parts());
      }
      nodes.signals = [Infinity, Infinity];
      const end = await runRollout(planFor(nodes), nodes.parts());
      return end.how === 'done' && [...nodes.restarts].sort().join() === names(count).sort().join();
    },
  );
  await assertAsyncProperty(t, property, 100);
});

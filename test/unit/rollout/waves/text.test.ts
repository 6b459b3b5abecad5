import t from 'tap';
import type { End, RolloutEvent } from '../../../../src/rollout/waves/event.ts';
import { planOf } from '../../../../src/rollout/waves/plan.ts';
import { eventAsText } from '../../../../src/rollout/waves/text.ts';
import { EVENTS, STOPPED } from './events.ts';
import { former } from './simulated.ts';

const FORMER = { revision: 7, at: '2026-01-01T00:00:00Z', chain: '{\n  "plugins": []\n}\n' };
const told = (event: RolloutEvent, back?: typeof FORMER) =>
  eventAsText(event, { program: 'eni-config-guard', former: back });
const endText = (end: Partial<End>, back?: typeof FORMER) =>
  told({ kind: 'end', end: { ...STOPPED, ...end } }, back);

t.test('a plan names the canary and every wave', async (t) => {
  t.equal(
    EVENTS.slice(0, 1)
      .map((event) => told(event))
      .join(''),
    [
      '3 nodes to restart, at most 2 at once, 1 run the stored chain already, 1 left out',
      '  looked at first: done',
      '  canary: n1',
      '  wave 2: n2, n3',
      '  left out: down: the node is not Ready',
      '',
    ].join('\n'),
  );
  const names = Array.from({ length: 15 }, (_, index) => `n${index + 10}`);
  const plan = planOf(names.map(former), { only: undefined, maxUnavailable: '20' });
  t.match(told({ kind: 'plan', plan }), '  wave 4 (8): n17, n18, n19, n20, n21 and 3 more\n');
});

t.test('harm is told with node, check, what is said, and the way back', async (t) => {
  t.equal(
    endText({}, FORMER),
    [
      'stopped: 1 node harmed, 1 node well, 1 node not touched',
      'n2 is harmed; failed: a new pod gets an address; what it says:',
      '  plugin type="tuning" failed (add): no such file or directory',
      'To go back to the former text, on the harmed nodes alone:',
      '  eni-config-guard rollout --rollback',
      'It is revision 7, seen at 2026-01-01T00:00:00Z, with this chain:',
      '  {',
      '    "plugins": []',
      '  }',
      '',
    ].join('\n'),
  );
  t.match(endText({}), 'put it back by hand');
});

t.test('what could not be checked is not called harm', async (t) => {
  const failures = [{ node: 'n2', kind: 'unchecked', check: 'address', said: 'no room' }] as const;
  const text = endText({ failures }, FORMER);
  t.match(text, 'n2 is not checked: a new pod gets an address:\n  no room\n');
  t.match(text, '--allow-unchecked');
  t.notMatch(text, 'harmed');
  t.notMatch(text, '--rollback');
});

t.test('an end by a signal says how to go on', async (t) => {
  const broken = { how: 'interrupted', failures: [] } as const;
  t.match(endText(broken), 'to go on: eni-config-guard rollout');
  const aborted = endText({ how: 'aborted', failures: [], unjudged: ['n3'] });
  t.match(aborted, '1 node not checked');
  t.match(aborted, 'not checked any more: n3');
});

t.test('every event is told', async (t) => {
  for (const event of EVENTS) t.match(told(event), /\S.*\n$/, event.kind);
  t.match(endText({ how: 'refused', why: 'not confirmed' }), 'refused: not confirmed');
  t.match(
    endText({ how: 'done', failures: [], behind: 2 }),
    '2 nodes well with what was taken back',
  );
});

t.test('a long chain is cut, and nothing of it paints the screen', async (t) => {
  const chain = `\u001b[31m${'x\n'.repeat(100)}`;
  const text = endText({}, { ...FORMER, chain });
  t.notMatch(text, '\u001b');
  t.match(text, '... 40 more lines');
});

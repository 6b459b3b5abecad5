import { readFileSync } from 'node:fs';
import t from 'tap';
import type { End, RolloutEvent } from '../../../../src/rollout/waves/event.ts';
import { eventAsJson } from '../../../../src/rollout/waves/json.ts';
import { planOf } from '../../../../src/rollout/waves/plan.ts';
import { keepsContract } from '../../../support/contract.ts';
import { EVENTS } from './events.ts';

const page = readFileSync(new URL('../../../../docs/rollout.md', import.meta.url), 'utf8');

t.test('every event is one line, with the fields that docs/rollout.md tells', async (t) => {
  const at = new Date('2026-01-02T03:04:05Z');
  const former = { revision: 7, at: '2026-01-01T00:00:00Z', chain: '{}' };
  const lines = EVENTS.map((event) => eventAsJson(event, at, former));
  for (const line of lines) t.match(line, /^\{.*\}\n$/);
  const printed = lines.map((line) => JSON.parse(line) as { schema: number; event: string });
  t.ok(printed.every((line) => line.schema === 1));
  const section = page.split('## JSON lines')[1] ?? '';
  const fields = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, field]) => field ?? '');
  keepsContract(t, 'rollout', fields, printed);
  const [words = ''] = /`event` +\|[^|]*\|([^\n]*)/.exec(section) ?? [];
  for (const { event } of printed) t.ok(words.includes(`\`${event}\``), event);
});

t.test('the chain to go back to is not repeated in JSON', async (t) => {
  const end: End = {
    how: 'done',
    well: 1,
    failures: [],
    gone: 0,
    unjudged: [],
    untouched: 0,
    leftOut: 0,
  };
  const plan: RolloutEvent = {
    kind: 'plan',
    plan: planOf([], { only: undefined, maxUnavailable: '1' }),
  };
  const former = { revision: 7, at: '2026-01-01T00:00:00Z', chain: 'a chain' };
  for (const event of [plan, { kind: 'end', end } as const]) {
    t.notMatch(eventAsJson(event, new Date(), former), 'a chain');
  }
});

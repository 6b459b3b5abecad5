import type { RolloutEvent } from './event.ts';
import type { FormerText } from './former.ts';

/** Raised when a field goes or changes its meaning; docs/rollout.md has the fields. */
const ROLLOUT_SCHEMA = 1;

/** An event as one line of JSON. `former` is what to go back to, told with an end that is no good one. */
export function eventAsJson(event: RolloutEvent, at: Date, former?: FormerText): string {
  const { kind, ...fields } = fieldsOf(event, former);
  return `${JSON.stringify({ schema: ROLLOUT_SCHEMA, time: at.toISOString(), event: kind, ...fields })}\n`;
}

function fieldsOf(event: RolloutEvent, former: FormerText | undefined) {
  switch (event.kind) {
    case 'plan': {
      const { waves, maxUnavailable, current, ignored, leftOut, looksFirstAt } = event.plan;
      const { kind } = event;
      return { kind, waves, maxUnavailable, current, ignored, leftOut, looksFirstAt };
    }
    case 'wait':
    case 'wave':
    case 'back':
    case 'search':
    case 'signal':
      return event;
    case 'node': {
      const { kind, node, outcome } = event;
      const { kind: how, ...details } = outcome;
      return { kind, node, outcome: how, ...details };
    }
    case 'end': {
      const { leftOut, ...end } = event.end;
      const back = former && { former: { revision: former.revision, at: former.at } };
      return { kind: event.kind, ...end, leftOutNodes: leftOut, ...back };
    }
  }
}

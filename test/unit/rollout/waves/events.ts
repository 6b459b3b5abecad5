import type { End, RolloutEvent } from '../../../../src/rollout/waves/event.ts';
import { planOf } from '../../../../src/rollout/waves/plan.ts';
import { former } from './simulated.ts';

const nodes = [
  ...['n1', 'n2', 'n3'].map(former),
  { ...former('down'), isReady: false },
  { ...former('done'), chain: 'current' as const, since: 1 },
];
const plan = planOf(nodes, { only: undefined, maxUnavailable: '2' });
const sentence = 'plugin type="tuning" failed (add): no such file or directory';

export const STOPPED: End = {
  how: 'stopped',
  well: 1,
  failures: [{ node: 'n2', kind: 'harmed', check: 'address', said: sentence }],
  gone: 0,
  unjudged: [],
  untouched: 1,
  leftOut: 1,
};

/** One of each kind, as a rollout may tell them. */
export const EVENTS: readonly RolloutEvent[] = [
  { kind: 'plan', plan },
  { kind: 'wait', seconds: 90, why: 'eni-config has just changed' },
  { kind: 'wave', number: 1, nodes: ['n1'] },
  { kind: 'node', node: 'n1', outcome: { kind: 'well' } },
  { kind: 'node', node: 'n2', outcome: { kind: 'harmed', check: 'address', sentence } },
  { kind: 'node', node: 'n3', outcome: { kind: 'unchecked', check: 'address', why: 'no room' } },
  { kind: 'node', node: 'n3', outcome: { kind: 'gone' } },
  { kind: 'signal', underWay: ['n3'] },
  { kind: 'back', revision: 7, at: '2026-01-01T00:00:00Z' },
  { kind: 'search', nodes: ['n1', 'n2'] },
  { kind: 'end', end: { ...STOPPED, why: 'eni-config has changed', unjudged: ['n3'], behind: 1 } },
];

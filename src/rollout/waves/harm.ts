import type { NodeState } from './plan.ts';

/**
 * The nodes that may be harmed by a chain that was taken back: those that run another one than is stored now,
 * and those without a ready Terway pod, whatever they run. A machine that is off can't be looked at.
 */
export const exposedNodes = (nodes: readonly NodeState[]): readonly string[] =>
  nodes
    .filter(({ chain, isTerwayReady }) => {
      return chain !== 'ignored' && (chain !== 'current' || !isTerwayReady);
    })
    .filter(({ isReady }) => isReady)
    .map(({ name }) => name);

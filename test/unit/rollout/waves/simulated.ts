import { AbortedError } from '../../../../src/rollout/waves/check-node.ts';
import type { RolloutEvent } from '../../../../src/rollout/waves/event.ts';
import type { Outcome } from '../../../../src/rollout/waves/outcome.ts';
import type { NodeState } from '../../../../src/rollout/waves/plan.ts';
import type { RunParts } from '../../../../src/rollout/waves/run.ts';

const WELL: Outcome = { kind: 'well' };

/** Nodes that change as a rollout restarts them, without any cluster. */
export class SimulatedNodes {
  readonly #nodes: Map<string, NodeState>;
  readonly #outcomes: ReadonlyMap<string, Outcome>;
  readonly restarts: string[] = [];
  readonly events: RolloutEvent[] = [];
  /** The largest number of nodes that were without a ready Terway pod at once. */
  mostAtOnce = 0;
  #atOnce = 0;
  #steps = 0;
  #time = 0;
  /** After so many things that happened a signal comes, and after as many of the second one. */
  signals: readonly [first: number, second: number] = [Infinity, Infinity];

  constructor(nodes: readonly NodeState[], outcomes: ReadonlyMap<string, Outcome> = new Map()) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#outcomes = outcomes;
  }

  get states(): NodeState[] {
    return [...this.#nodes.values()];
  }

  parts(rules: Partial<RunParts['rules']> = {}): RunParts {
    return {
      rules: { pausesAfterCanary: false, allowsUnchecked: false, ...rules },
      restart: async (node) => this.#restart(node),
      look: async (node) => Promise.resolve(this.#outcomes.get(node) ?? WELL),
      objection: async () => Promise.resolve(undefined),
      pause: async () => Promise.resolve(true),
      isInterrupted: () => this.#steps >= this.signals[0],
      tell: (event) => {
        this.events.push(event);
        this.#steps += 1;
      },
    };
  }

  async #restart(name: string): Promise<Outcome> {
    this.restarts.push(name);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    const node = this.#nodes.get(name)!;
    this.#nodes.set(name, { ...node, chain: 'current', since: (this.#time += 1) });
    await Promise.resolve();
    this.#atOnce -= 1;
    this.#steps += 1;
    if (this.#steps >= this.signals[1]) throw new AbortedError();
    return this.#outcomes.get(name) ?? WELL;
  }
}

export const former = (name: string): NodeState => ({
  name,
  chain: 'former',
  isReady: true,
  isTerwayReady: true,
  isExposed: false,
  since: undefined,
});

import { Gauge, type Registry } from 'prom-client';
import type { NodeChains } from '../engine/core/node-chains.ts';

/** What nodes that read the chain may run. */
const STATES = ['current', 'former', 'unsure', 'unknown'] as const;

/** Shows what the nodes run, read at every scrape; there are no series while that is not known. */
export function watchNodes(registry: Registry, read: () => NodeChains | undefined): void {
  new Gauge({
    name: 'eni_config_guard_nodes',
    help: 'Nodes that read the chain, by what they run of it: the current one, a former one, one of both (unsure), or it is unknown.',
    labelNames: ['chain'],
    registers: [registry],
    collect() {
      this.reset();
      const chains = read();
      if (chains) for (const chain of STATES) this.set({ chain }, chains.counts[chain]);
    },
  });
  new Gauge({
    name: 'eni_config_guard_restart_due_timestamp_seconds',
    help: 'Since when nodes that run a former chain lack the current one, in seconds since 1970; absent while no node does.',
    registers: [registry],
    collect() {
      this.remove();
      const since = read()?.restartDueSince;
      if (since !== undefined) this.set(since / 1000);
    },
  });
}

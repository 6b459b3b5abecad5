import { Gauge, type Registry } from 'prom-client';
import type { Facts } from '../engine/core/facts.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import type { FactSourceState } from '../kube/source-state.ts';

/**
 * Shows the age of what each source said last, read at every scrape. A source that has never
 * answered ages from `sinceMs`, the start of the program, so that one alert catches both.
 */
export function watchFactSources(
  registry: Registry,
  read: () => readonly FactSourceState[],
  sinceMs = Date.now(),
): void {
  new Gauge({
    name: 'eni_config_guard_facts_age_seconds',
    help: 'Time since a source of facts last answered; since the start when it never has.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      const now = Date.now();
      for (const { name, lastSuccessMs = sinceMs } of read()) {
        this.set({ source: name }, Math.max(0, now - lastSuccessMs) / 1000);
      }
    },
  });
  new Gauge({
    name: 'eni_config_guard_facts_failing',
    help: '1 while the latest attempt to learn from a source of facts has failed.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, failing } of read()) this.set({ source: name }, failing ? 1 : 0);
    },
  });
}

/** Shows what is known of the cluster, read at every scrape; what is not known has no series. */
export function watchFacts(registry: Registry, read: () => Facts): void {
  new Gauge({
    name: 'eni_config_guard_fact_info',
    help: 'Always 1; a fact and its value, as `status` shows them, are in the labels.',
    labelNames: ['fact', 'value'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [fact, { value }] of Object.entries(summarizeFacts(read()))) {
        this.set({ fact, value: String(value) }, 1);
      }
    },
  });
}

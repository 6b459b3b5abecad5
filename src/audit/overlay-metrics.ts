import { Gauge, type Registry } from 'prom-client';

/** What a look at the overlays in use came to: how many are so. */
export type OverlayCounts = Readonly<Record<(typeof STATES)[number], number>>;

const STATES = ['good', 'ineffective', 'outage', 'dangling', 'unread'] as const;

/** Registers the gauge of overlays; call the result with each look's counts. */
export function createOverlayMetrics(registry: Registry): (counts: OverlayCounts) => void {
  const overlays = new Gauge({
    name: 'eni_config_guard_stored_overlays',
    help: 'ConfigMaps that nodes name with the label terway-config, by what the background check found of them.',
    labelNames: ['state'],
    registers: [registry],
  });
  for (const state of STATES) overlays.set({ state }, 0);
  return (counts) => {
    for (const state of STATES) overlays.set({ state }, counts[state]);
  };
}

import { Gauge, type Registry } from 'prom-client';

/** Shows whether the configuration file has another text than the one in use, read at every scrape. */
export function watchConfiguration(registry: Registry, isChanged: () => boolean): void {
  new Gauge({
    name: 'eni_config_guard_configuration_changed',
    help: '1 while the configuration file has another text than the one in use, which is that of the start.',
    registers: [registry],
    collect() {
      this.set(isChanged() ? 1 : 0);
    },
  });
}

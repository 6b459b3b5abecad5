import { Registry } from 'prom-client';
import t from 'tap';
import { watchNodes } from '../../../src/audit/node-metrics.ts';
import type { NodeChains } from '../../../src/engine/core/node-chains.ts';

const counts = { former: 1, unknown: 2, unsure: 3, current: 4, ignored: 5 };

t.test('what nodes run is shown as it is at the time of the scrape', async (t) => {
  let chains: NodeChains | undefined;
  const registry = new Registry();
  watchNodes(registry, () => chains);
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  t.same(await lines(), [], 'not known');
  chains = { counts, restartDueSince: 1_500 };
  t.same(await lines(), [
    'eni_config_guard_nodes{chain="current"} 4',
    'eni_config_guard_nodes{chain="former"} 1',
    'eni_config_guard_nodes{chain="unsure"} 3',
    'eni_config_guard_nodes{chain="unknown"} 2',
    'eni_config_guard_restart_due_timestamp_seconds 1.5',
  ]);
  chains = { counts: { ...counts, former: 0 } };
  t.equal((await lines()).length, 4, 'no restart is due');
});

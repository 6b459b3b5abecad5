import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { FLOODS, endpointOf, flood } from '../test/support/floods.ts';
import { Connection, requestBytes } from '../test/support/https-client.ts';
import { median, printFigures } from './report.ts';
import { DENIED } from './samples.ts';
import { startServers } from './servers.ts';

/**
 * How long a caller waits for its review while another floods the guard: by the clock, which on a busy
 * machine counts the wait for a processor too, and in time that the guard itself was at work until then.
 */
export async function benchFloods(): Promise<void> {
  const servers = await startServers();
  const { caFile } = servers;
  const port = Number(new URL(servers.guard.url).port);
  const request = requestBytes('/validate', DENIED);
  const figures = [];
  try {
    for (const kind of Object.keys(FLOODS)) {
      const connection = await Connection.open(endpointOf(port, caFile));
      const times: number[] = [];
      const work: number[] = [];
      const flooded = flood(kind, port, caFile).then(() => true);
      do {
        const [start, cpu] = [performance.now(), servers.guard.cpu()];
        connection.write(request);
        await connection.answer();
        times.push(performance.now() - start);
        work.push(servers.guard.cpu() - cpu);
      } while ((await Promise.race([flooded, delay(5)])) !== true);
      connection.abort();
      figures.push(
        { what: `${kind}: longest`, value: Math.max(...times), unit: 'ms', wanted: '' },
        { what: '  of that at work', value: Math.max(...work), unit: 'ms', wanted: '< 100' },
        { what: '  median', value: median(times), unit: 'ms', wanted: '' },
      );
    }
  } finally {
    servers.stop();
  }
  printFigures("Another caller's review during a flood", figures);
}

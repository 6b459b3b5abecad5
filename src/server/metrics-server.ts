import { type FastifyInstance, fastify } from 'fastify';
import type { Metrics } from '../audit/metrics.ts';
import { Connections } from './connections.ts';
import { SIDE_CONNECTIONS } from './limits.ts';
import type { TurnedAway } from './turned-away.ts';

/** Plain HTTP on a port of its own: scrapers need neither a certificate nor access to the webhook. */
export function createMetricsServer(
  { registry }: Metrics,
  turnedAway: TurnedAway,
): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  new Connections(SIDE_CONNECTIONS, () => turnedAway.count('connections')).watch(app.server);
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return app;
}

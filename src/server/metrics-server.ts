import { type FastifyInstance, fastify } from 'fastify';
import type { Metrics } from '../audit/metrics.ts';

/** Plain HTTP on a port of its own: scrapers need neither a certificate nor access to the webhook. */
export function createMetricsServer({ registry }: Metrics): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return app;
}

import { type FastifyInstance, fastify } from 'fastify';
import { Connections } from './connections.ts';
import { SIDE_CONNECTIONS } from './limits.ts';
import type { TurnedAway } from './turned-away.ts';

/** `/livez`, and `/readyz`, which is 503 while the guard is not to get traffic. */
export function answerProbes(app: FastifyInstance, isReady: () => boolean): void {
  app.get('/livez', () => 'ok\n');
  app.get('/readyz', (_request, reply) =>
    isReady() ? 'ok\n' : reply.code(503).send('not ready\n'),
  );
}

/**
 * The probes in plain HTTP on a port of their own: the kubelet asks from the node's address, and no
 * other caller at that address is to have it kill the guard by taking every connection there is.
 */
export function createProbeServer(isReady: () => boolean, turnedAway: TurnedAway): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  new Connections(SIDE_CONNECTIONS, () => turnedAway.count('connections')).watch(app.server);
  answerProbes(app, isReady);
  return app;
}

import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { type Judge, NoUidError, type Outcome, mutate, validate } from '../admission/handle.ts';
import { logDecision } from '../audit/decision-log.ts';
import type { Logger } from '../audit/logger.ts';
import type { Metrics } from '../audit/metrics.ts';
import { KEEP_ALIVE_TIMEOUT_MS, MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { type ServerTls, secureContext } from './tls.ts';

export interface AppOptions {
  readonly judge: Judge;
  readonly tls: ServerTls;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Whether the server should get traffic; false while it drains or is not trusted. */
  readonly isReady: () => boolean;
  /** For tests; the default is REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number;
}

const MALFORMED = 'the request is malformed\n';
const PLAIN_TEXT = `Content-Type: text/plain\r\nContent-Length: ${MALFORMED.length}`;

/** The HTTPS server, not yet listening: `/validate`, `/mutate`, `/readyz`, `/livez`. */
export function createApp(options: AppOptions): FastifyInstance {
  const { judge, tls, isReady, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const app = fastify({
    https: {
      ...secureContext(tls),
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    },
    requestTimeout: requestTimeoutMs,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // The API server goes on using open connections while endpoints are withdrawn; a 503 there
    // would be a failed call.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Without these fastify answers such requests with JSON of its own.
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nConnection: close\r\n${PLAIN_TEXT}\r\n\r\n${MALFORMED}`,
      );
    },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).type('text/plain').send(MALFORMED);
    },
  }) as unknown as FastifyInstance;

  // Bodies are read as bytes whatever their content type says: fastify's own JSON parser answers
  // 400 to a member named __proto__, which a ConfigMap may have, and so loses the uid.
  app.addHook('onRequest', (request, _reply, done) => {
    request.raw.headers['content-type'] = 'application/json';
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!isReady()) void reply.header('connection', 'close');
    done();
  });
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    return reply
      .code(status)
      .type('text/plain')
      .send(`${describeFailure(error, options.log)}\n`);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('text/plain')
      .send('the paths here are /validate, /mutate, /readyz, /livez\n'),
  );

  app.get('/livez', () => 'ok\n');
  app.get('/readyz', (_request, reply) =>
    isReady() ? 'ok\n' : reply.code(503).send('not ready\n'),
  );
  reviewRoute(app, 'validate', options, (text) => validate(text, judge));
  reviewRoute(app, 'mutate', options, (text) => mutate(text, judge));
  return app;
}

function reviewRoute(
  app: FastifyInstance,
  endpoint: 'validate' | 'mutate',
  { log, metrics }: AppOptions,
  handle: (text: string) => Outcome,
): void {
  app.post(`/${endpoint}`, (request, reply) => {
    const start = process.hrtime.bigint();
    const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
    let outcome: Outcome;
    try {
      outcome = handle(body);
    } catch (error) {
      if (!(error instanceof NoUidError)) throw error;
      return reply.code(400).type('text/plain').send(`${error.message}\n`);
    }
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    metrics.observeReview(
      {
        endpoint,
        operation: outcome.request?.change?.operation ?? 'OTHER',
        verdict: outcome.review.response.allowed ? 'allow' : 'deny',
      },
      seconds,
    );
    if (outcome.failure !== undefined)
      log.error({ endpoint, kind: outcome.failure }, 'review failed');
    logDecision(log, endpoint, outcome, seconds);
    return reply.type('application/json').send(JSON.stringify(outcome.review));
  });
}

/** One line for the client; what is the guard's own fault is logged, without its message's text. */
function describeFailure(error: FastifyError, log: Logger): string {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return `the body is larger than ${MAX_BODY_BYTES} bytes`;
  }
  if (error.statusCode !== undefined && error.statusCode < 500) return MALFORMED.trimEnd();
  log.error({ kind: error.name, code: error.code }, 'request failed');
  return 'eni-config-guard failed; please report it';
}

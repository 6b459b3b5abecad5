import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { type RestartGate, gateRestart } from '../admission/restart-gate.ts';
import {
  type Judge,
  type OnStage,
  NoUidError,
  type Outcome,
  validate,
} from '../admission/handle.ts';
import { mutate } from '../admission/mutate.ts';
import type { EventSink } from '../audit/events.ts';
import type { Logger } from '../log.ts';
import type { Endpoint, Metrics } from '../audit/metrics.ts';
import { type StageDurations, StageTimer } from '../audit/stage-timer.ts';
import { createDecisionRecorder } from '../audit/decision-recorder.ts';
import { KEEP_ALIVE_TIMEOUT_MS, MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { type ServerTls, secureContext } from './tls.ts';

export interface AppOptions {
  readonly judge: Judge;
  readonly restartGate: RestartGate;
  readonly tls: ServerTls;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where Kubernetes Events go; absent where none are to be written. */
  readonly events?: EventSink | undefined;
  /** Whether the server should get traffic; false while it drains or is not trusted. */
  readonly isReady: () => boolean;
  /** For tests; the default is REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number;
}

const MALFORMED = 'the request is malformed\n';
const PLAIN_TEXT = `Content-Type: text/plain\r\nContent-Length: ${MALFORMED.length}`;

/** The HTTPS server, not yet listening: `/validate`, `/mutate`, `/restart-gate`, `/readyz`, `/livez`. */
export function createApp(options: AppOptions): FastifyInstance {
  const { judge, restartGate, tls, isReady, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
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

  // Bodies of every content type are read as bytes: fastify's own JSON parser answers 400 to a
  // member named __proto__, which a ConfigMap may have, and the uid would be lost.
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
      .send('the paths here are /validate, /mutate, /restart-gate, /readyz, /livez\n'),
  );

  app.get('/livez', () => 'ok\n');
  app.get('/readyz', (_request, reply) =>
    isReady() ? 'ok\n' : reply.code(503).send('not ready\n'),
  );
  const trail = createDecisionRecorder(options);
  reviewRoute(app, {
    endpoint: 'validate',
    handle: (text, lap) => validate(text, judge, lap),
    record: (outcome, durations) => trail.review('validate', outcome, durations),
  });
  reviewRoute(app, {
    endpoint: 'mutate',
    handle: (text, lap) => mutate(text, judge, lap),
    record: (outcome, durations) => trail.review('mutate', outcome, durations),
  });
  reviewRoute(app, {
    endpoint: 'restart-gate',
    handle: (text) => gateRestart(text, restartGate),
    record: trail.restart,
  });
  return app;
}

/** One endpoint: how it answers, and what is kept of an answer. */
interface ReviewRoute<O> {
  readonly endpoint: Endpoint;
  /** Throws NoUidError, or rejects with it, for a body without a readable uid. */
  readonly handle: (text: string, lap: OnStage) => O | Promise<O>;
  readonly record: (outcome: O, durations: StageDurations) => void;
}

function reviewRoute<O extends Pick<Outcome, 'review'>>(
  app: FastifyInstance,
  { endpoint, handle, record }: ReviewRoute<O>,
): void {
  app.post(`/${endpoint}`, (request, reply) => {
    const stopwatch = new StageTimer();
    const finish = (outcome: O) => {
      const answer = JSON.stringify(outcome.review);
      const durations = stopwatch.durations();
      // The answer is sent before anything is recorded about it.
      void reply.type('application/json').send(answer);
      record(outcome, durations);
      return reply;
    };
    const refuse = (error: unknown) => {
      if (!(error instanceof NoUidError)) throw error;
      return reply.code(400).type('text/plain').send(`${error.message}\n`);
    };
    try {
      const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
      const outcome = handle(body, stopwatch.lap);
      // Most answers are ready at once and need no promise.
      return outcome instanceof Promise ? outcome.then(finish, refuse) : finish(outcome);
    } catch (error) {
      return refuse(error);
    }
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

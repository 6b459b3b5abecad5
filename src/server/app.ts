import type { IncomingMessage } from 'node:http';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import { type RestartGate, gateRestart } from '../admission/restart-gate.ts';
import { NoUidError } from '../admission/body.ts';
import { mutate } from '../admission/mutate.ts';
import type { Outcome } from '../admission/outcome.ts';
import { reviewOf } from '../admission/response.ts';
import { type OnStage, type WebhookOptions, validate } from '../admission/validate.ts';
import type { Logger } from '../log.ts';
import type { Endpoint } from '../audit/metrics.ts';
import { StageTimer } from '../audit/stage-timer.ts';
import type { DecisionRecorder } from '../audit/decision-recorder.ts';
import { Batches, othersOfBatch } from './batches.ts';
import { Bodies, type Body } from './bodies.ts';
import { Connections } from './connections.ts';
import { Handshakes } from './handshakes.ts';
import {
  AHEAD_BODY_BYTES,
  HANDSHAKE_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  WEBHOOK_CONNECTIONS,
} from './limits.ts';
import { WebhookPaths } from './paths.ts';
import { answerProbes } from './probes.ts';
import { type ServerTls, secureContext } from './tls.ts';
import type { TurnedAway } from './turned-away.ts';
import { TurnedAwayError } from './turned-away-error.ts';
import { Turns } from './turns.ts';

export interface AppOptions {
  readonly webhook: WebhookOptions;
  readonly restartGate: RestartGate;
  /** Where reviews are answered; plain paths unless given. */
  readonly paths?: WebhookPaths;
  readonly tls: ServerTls;
  readonly log: Logger;
  /** Told of every answer to a review, when it has been sent. */
  readonly record: DecisionRecorder;
  /** Whether the server should get traffic; false while it drains or is not trusted. */
  readonly isReady: () => boolean;
  /** Whether `/livez` and `/readyz` have a server of their own. */
  readonly hasProbeServer?: boolean;
  readonly turnedAway: TurnedAway;
  /** Told when a large body comes: from then on memory is short. */
  readonly onLargeBody?: () => void;
  /** For tests; the default is REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number;
}

const MALFORMED = 'the request is malformed\n';
const PLAIN_TEXT = `Content-Type: text/plain\r\nContent-Length: ${MALFORMED.length}`;

/** The HTTPS server of `/validate`, `/mutate` and `/restart-gate`, not yet listening. */
export function createApp(options: AppOptions): FastifyInstance {
  const { webhook, restartGate, tls, record, isReady, turnedAway } = options;
  const { paths = new WebhookPaths(), requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const { onLargeBody = () => undefined } = options;
  const bodies = new Bodies(onLargeBody);
  const turns = new Turns();
  const batches = new Batches();
  const connections = new Connections(WEBHOOK_CONNECTIONS, () => turnedAway.count('connections'));
  const app = fastify({
    https: {
      ...secureContext(tls),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    },
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // The API server goes on using open connections while endpoints are withdrawn; a 503 there
    // would be a failed call.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Without these fastify answers such requests with JSON of its own.
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      turnedAway.count('malformed');
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nConnection: close\r\n${PLAIN_TEXT}\r\n\r\n${MALFORMED}`,
      );
    },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).type('text/plain').send(MALFORMED);
    },
  }) as unknown as FastifyInstance;
  Handshakes.pace(app.server);
  connections.watch(app.server);

  // Bodies of every content type are read as bytes: fastify's own JSON parser answers 400 to a
  // member named __proto__, which a ConfigMap may have, and the uid would be lost. They are taken for
  // one type, as what fastify makes of a type is kept, but not for a parser of all types.
  app.addHook('onRequest', (request, reply, done) => {
    request.raw.headers['content-type'] = 'application/json';
    if (request.is404) {
      turnedAway.count('path');
      // Before the body: a caller who does not know the path is read no further.
      void reply.code(404).type('text/plain').header('connection', 'close').send('not found\n');
      return;
    }
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    (request: FastifyRequest, payload: IncomingMessage) =>
      bodies.read(payload, Number(request.headers['content-length'] ?? 0)),
  );

  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!isReady()) void reply.header('connection', 'close');
    done();
  });
  app.setErrorHandler<FastifyError | TurnedAwayError>((error, _request, reply) => {
    if (error instanceof TurnedAwayError) {
      turnedAway.count(error.reason);
      void reply.header('connection', 'close');
    }
    return reply
      .code(error.statusCode ?? 500)
      .type('text/plain')
      .send(`${describeFailure(error, options.log)}\n`);
  });
  if (!options.hasProbeServer) answerProbes(app, isReady);
  let underWay = 0;
  const serveReviews = (path: string, endpoint: Endpoint, handle: Handler) =>
    app.post(path, async (request, reply) => {
      const { bytes, release } = request.body as Body;
      underWay += 1;
      try {
        await (bytes.isLarge ? turns.next() : batches.next(bytes.length));
        const timer = new StageTimer();
        const outcome = await handle(bytes.takeText(), timer.lap);
        connections.recognize(request.socket);
        const answer = JSON.stringify(reviewOf(outcome.response));
        const durations = timer.durations();
        await othersOfBatch();
        void reply.type('application/json; charset=utf-8').send(answer);
        // Answers leave first: they do not wait for what is recorded of them.
        await othersOfBatch();
        if (underWay === 1 && bytes.length <= AHEAD_BODY_BYTES) outcome.afterwards?.();
        record(endpoint, outcome, durations);
      } catch (error) {
        if (!(error instanceof NoUidError)) throw error;
        turnedAway.count('malformed');
        void reply.code(400).type('text/plain').send(`${error.message}\n`);
      } finally {
        underWay -= 1;
        release();
      }
      return reply;
    });
  const handlers: Readonly<Record<Endpoint, Handler>> = {
    validate: (text, onStage) => validate(text, webhook, onStage),
    mutate: (text, onStage) => mutate(text, webhook, onStage),
    'restart-gate': (text) => gateRestart(text, restartGate),
  };
  for (const [path, endpoint] of paths) serveReviews(path, endpoint, handlers[endpoint]);
  return app;
}

/** Answers a body; rejects with NoUidError when no answer can be addressed to it. */
type Handler = (text: string, onStage: OnStage) => Promise<Outcome>;

/** One line for the client; what is the guard's own fault is logged, without its message's text. */
function describeFailure(error: FastifyError | TurnedAwayError, log: Logger): string {
  if (error instanceof TurnedAwayError) return error.message;
  if (error.statusCode !== undefined && error.statusCode < 500) return MALFORMED.trimEnd();
  log.error({ kind: error.name, code: error.code }, 'request failed');
  return 'eni-config-guard failed; please report it';
}

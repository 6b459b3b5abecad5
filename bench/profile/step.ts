/**
 * A server that does of a review what the guard does up to one stage, started by the profile as a
 * process of its own: STEP DIRECTORY, with a certificate in the directory. Prints its port.
 */
import { readFileSync } from 'node:fs';
import { type Server as HttpsServer, createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fastify } from 'fastify';
import { createWebhooks } from '../../src/cli/compose/webhooks.ts';
import { createDecisionRecorder } from '../../src/audit/decision-recorder.ts';
import { createMetrics } from '../../src/audit/metrics.ts';
import { readConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/log.ts';
import { createApp } from '../../src/server/app.ts';
import { secureContext } from '../../src/server/tls.ts';
import { TurnedAway } from '../../src/server/turned-away.ts';
import { CONFIGURATION } from '../samples.ts';
import type { Step } from './steps.ts';

const [step = '', directory = ''] = process.argv.slice(2);
const certificate = {
  certificate: readFileSync(`${directory}/tls.crt`, 'utf8'),
  key: readFileSync(`${directory}/tls.key`, 'utf8'),
};
const secure = secureContext(certificate);

/** What an accepted review is answered, near enough. */
const BODY = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    allowed: true,
    warnings: ['w'.repeat(120)],
  },
});
const ANSWER =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n' +
  `content-length: ${BODY.length}\r\n\r\n${BODY}`;

/** Answers each request when so many bytes have come as its head announces; knows nothing else of HTTP. */
function answerBytes(socket: Socket): void {
  let missing = 0;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (missing === 0) {
      const end = chunk.indexOf('\r\n\r\n') + 4;
      const head = chunk.toString('latin1', 0, end);
      missing = end + Number(/content-length: (\d+)/i.exec(head)?.[1]);
    }
    missing -= chunk.length;
    if (missing === 0) socket.write(ANSWER);
  });
}

function httpServer(): HttpsServer {
  return createHttpsServer(secure, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(BODY);
    });
  });
}

async function frameworkServer(): Promise<Server> {
  const app = fastify({ https: secure });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/validate', async (_request, reply) => reply.type('application/json').send(BODY));
  await app.ready();
  return app.server;
}

/** The guard's own server, with what comes after the step left out. */
async function guardServer(step: Step): Promise<Server> {
  const config = readConfig(CONFIGURATION, 'profile');
  const { webhook, restartGate } = createWebhooks(config, () => config.facts.known, undefined);
  const metrics = createMetrics();
  const log = await createLogger('json');
  const { review } = webhook;
  const app = createApp({
    webhook: {
      ...webhook,
      review: (...args) => {
        const findings = step === 'read' ? [] : review(...args);
        return step === 'review' ? [] : findings;
      },
    },
    restartGate,
    tls: certificate,
    log,
    record: step === 'record' ? createDecisionRecorder({ log, metrics }) : () => undefined,
    isReady: () => true,
    turnedAway: new TurnedAway(log, metrics.countTurnedAway),
  });
  await app.ready();
  return app.server;
}

const SERVERS: Readonly<Record<Step, () => Server | Promise<Server>>> = {
  socket: () => createServer(answerBytes),
  TLS: () => createTlsServer(secure, answerBytes),
  HTTP: httpServer,
  framework: frameworkServer,
  read: async () => guardServer('read'),
  review: async () => guardServer('review'),
  answer: async () => guardServer('answer'),
  record: async () => guardServer('record'),
};

const server = await SERVERS[step as Step]();
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

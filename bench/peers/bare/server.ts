/**
 * server.ts DIRECTORY [PORT]: the least that a webhook can be, on node:https alone. Prints its port, a
 * free one unless given.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Review, answerTo } from '../check.ts';

const [directory, port = '0'] = process.argv.slice(2);
const tls = {
  key: readFileSync(`${directory}/tls.key`),
  cert: readFileSync(`${directory}/tls.crt`),
  minVersion: 'TLSv1.3',
} as const;
const server = createServer(tls, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerTo(review)));
  });
});
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

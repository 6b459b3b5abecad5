/** server.ts DIRECTORY PORT: a webhook on fastify as it comes, without hooks, schemas or logger. */
import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { type Review, answerTo } from '../check.ts';

const [directory, port] = process.argv.slice(2);
const app = fastify({
  https: {
    key: readFileSync(`${directory}/tls.key`),
    cert: readFileSync(`${directory}/tls.crt`),
    minVersion: 'TLSv1.3',
  },
});
for (const path of ['/validate', '/mutate']) {
  app.post(path, ({ body }) => answerTo(body as Review));
}
await app.listen({ port: Number(port), host: '127.0.0.1' });

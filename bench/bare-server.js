// The least a webhook can be: HTTPS, JSON.parse, allowed. Started by the benchmark as a process of
// its own with the guard's certificate; prints its port.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import process from 'node:process';

const [directory] = process.argv.slice(2);
const server = createServer(
  {
    key: readFileSync(`${directory}/tls.key`),
    cert: readFileSync(`${directory}/tls.crt`),
    minVersion: 'TLSv1.3',
  },
  (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { request: asked } = JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid: asked.uid, allowed: true },
        }),
      );
    });
  },
);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));

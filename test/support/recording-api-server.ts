import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { localCertificate } from '../../src/certificates/local.ts';
import type { Data } from './config-maps.ts';

/**
 * Not a real API server: it has one eni-config, takes every Event, grants every right and keeps what it
 * was sent. For tests of what leaves the program, which need no answer to be right.
 */
export interface RecordingApiServer {
  readonly kubeconfig: string;
  /** Every body received so far. */
  readonly bodies: string[];
}

export async function startRecordingApiServer(t: Test, data: Data): Promise<RecordingApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { key, certificate, ca } = await localCertificate(folder);
  const bodies: string[] = [];
  const object = {
    metadata: {
      name: 'eni-config',
      namespace: 'kube-system',
      uid: 'u',
      resourceVersion: '1',
      // As a node it names a ConfigMap.
      labels: { 'terway-config': 'pool-a' },
    },
    data,
  };
  const server = createServer({ key, cert: certificate }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (body !== '') bodies.push(body);
      response.setHeader('content-type', 'application/json');
      // A watch stays open and says nothing.
      if (request.url?.includes('watch=true')) {
        response.flushHeaders();
        return;
      }
      response.statusCode = request.method === 'POST' ? 201 : 200;
      // The history has its place and nothing in it yet.
      if (request.url?.includes('/secrets/')) {
        response.end(JSON.stringify({ metadata: object.metadata }));
        return;
      }
      // Whatever was asked for, it is in there: a list, an object, a counted Event, a right.
      const status = { allowed: true };
      response.end(JSON.stringify({ ...object, items: [object], count: 1, status }));
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const kubeconfig = join(folder, 'kubeconfig');
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // JSON is YAML.
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [
        {
          name: 'test',
          cluster: {
            server: address,
            'certificate-authority-data': Buffer.from(ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'test', user: { token: 'token' } }],
    }),
  );
  return { kubeconfig, bodies };
}

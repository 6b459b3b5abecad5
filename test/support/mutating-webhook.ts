import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { CertificateAuthority } from './certificates.ts';
import type { Data } from './config-maps.ts';

/** A mutating webhook of another program, which changes the chain as well. */
export interface MutatingWebhook {
  readonly url: string;
  /** The CA that signed the serving certificate, PEM. */
  readonly ca: string;
  /** How often it was asked. */
  readonly calls: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts a webhook that puts every conflist it sees through `rewrite`. */
export async function startMutatingWebhook(
  rewrite: (conflist: string) => string,
): Promise<MutatingWebhook> {
  const authority = await CertificateAuthority.create();
  const { certificate, privateKey } = await authority.issueServer(['127.0.0.1']);
  let calls = 0;
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    calls += 1;
    void answer(request, response, rewrite);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    calls: () => calls,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Review {
  readonly request: { readonly uid: string; readonly object?: { readonly data?: Data } };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  rewrite: (conflist: string) => string,
): Promise<void> {
  const { request } = (await json(incoming)) as Review;
  const before = request.object?.data?.['10-terway.conflist'];
  const value = before === undefined ? undefined : rewrite(before);
  const patch = [{ op: 'replace', path: '/data/10-terway.conflist', value }];
  const response = {
    uid: request.uid,
    allowed: true,
    ...(value === before
      ? {}
      : {
          patchType: 'JSONPatch',
          patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
        }),
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(review));
}

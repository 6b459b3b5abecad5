import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Extras } from './dress.ts';

/** A way for pods to the API server that can be made slow. */
export interface SlowLink {
  /** What makes a container's calls of the API server go this way. */
  readonly extras: Extras;
  /** For how long, in milliseconds, whatever is sent is held back, in either direction. */
  delayMs: number;
  close(): Promise<void>;
}

/** Opens it on the API server's own address, so that its certificate fits; not slow at first. */
export async function openSlowLink(plane: ControlPlane): Promise<SlowLink> {
  const { hostname, port } = new URL(plane.url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    forward(client, upstream);
    forward(upstream, client);
  }).listen(0, hostname);
  await once(server, 'listening');

  const link: SlowLink = {
    extras: {
      mounts: {},
      env: {
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
      },
    },
    delayMs: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
  return link;

  function forward(from: Socket, to: Socket): void {
    sockets.add(from);
    let sent = Promise.resolve();
    from.on('data', (chunk) => {
      const due = performance.now() + link.delayMs;
      // What was sent later never overtakes what was sent before, even when the delay shrinks.
      sent = sent.then(async () => sleep(Math.max(0, due - performance.now())));
      void sent.then(() => to.write(chunk));
    });
    from.on('close', () => {
      sockets.delete(from);
      void sent.then(() => to.destroy());
    });
    // It closes after that.
    from.on('error', () => undefined);
  }
}

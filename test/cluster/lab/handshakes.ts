import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Test } from 'tap';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask } from './api.ts';
import type { Lab } from './lab.ts';
import { configurationPath } from '../webhooks.ts';

const PORT = 18443;
const NAME = 'eni-config-guard.kube-system.svc';
const EVERY_MS = 100;

/** What a client saw that trusts what the API server is told to trust. */
export interface Handshakes {
  readonly count: number;
  /** Handshakes that failed: when (ms since the start) and why. */
  readonly failed: readonly { readonly at: number; readonly reason: string }[];
  /** Serial numbers of the certificates served, by pod. */
  readonly serials: ReadonlyMap<string, ReadonlySet<string>>;
  /** caBundles seen. */
  readonly bundles: ReadonlySet<string>;
}

/**
 * Connects anew to every pod again and again, as a freshly started API server would: its own
 * connections last until one side ends them, so they tell little of new certificates. It
 * trusts the live caBundle unless told what else. `stop` ends it after a whole round, as the test's end
 * does.
 */
export async function startHandshakes(
  t: Test,
  lab: Lab,
  trusted?: string,
): Promise<{ stop(): Promise<Handshakes> }> {
  const pods = (await lab.pods('webhook')).map(({ metadata, status }) => ({
    name: metadata?.name ?? '',
    address: status?.podIP ?? '',
  }));
  const failed: { at: number; reason: string }[] = [];
  const serials = new Map<string, Set<string>>();
  const bundles = new Set<string>();
  const start = performance.now();
  let count = 0;
  let isStopped = false;
  const run = async () => {
    do {
      const bundle = trusted ?? (await liveBundle(lab.plane));
      bundles.add(bundle);
      for (const { name, address } of pods) {
        const at = Math.round(performance.now() - start);
        count += 1;
        const seen = await serialOf(address, bundle).catch((error: unknown) => {
          failed.push({ at, reason: `${name}: ${(error as Error).message}` });
        });
        if (seen) serials.set(name, (serials.get(name) ?? new Set()).add(seen));
      }
      await sleep(EVERY_MS);
    } while (!isStopped);
  };
  t.teardown(() => {
    isStopped = true;
  });
  const over = run();
  return {
    async stop() {
      isStopped = true;
      await over;
      return { count, failed, serials, bundles };
    },
  };
}

/** The serial number of the certificate that each pod serves. */
export async function servedSerials(t: Test, lab: Lab): Promise<string[]> {
  const handshakes = await startHandshakes(t, lab);
  const { serials } = await handshakes.stop();
  return [...serials.values()].flatMap((seen) => [...seen]);
}

/** The caBundle of a webhook as it stands now, PEM. */
export async function liveBundle(
  plane: ControlPlane,
  kind: 'validating' | 'mutating' = 'validating',
): Promise<string> {
  const { webhooks } = await ask<{
    readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
  }>(plane, 'GET', configurationPath(kind));
  return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

async function serialOf(host: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: PORT, servername: NAME, ca }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

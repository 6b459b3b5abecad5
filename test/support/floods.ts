import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type Endpoint, requestBytes, send } from './https-client.ts';
import { UID } from './reviews.ts';

/** What callers do who want the guard dead, and not an answer. */

const MIB = 1024 * 1024;

/** The head of a review, up to a member whose value is anything. */
const OPEN = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"${UID}","object":`;

const filled = (unit: string, bytes: number) => unit.repeat(Math.floor(bytes / unit.length));
const members = (count: number, member: (index: number) => string) =>
  `{${Array.from({ length: count }, (_, index) => member(index)).join(',')}}`;

/** Bodies of 7 MiB that cost a parser far more than their bytes. */
const BODIES: Readonly<Record<string, () => string>> = {
  'nested arrays': () => `${OPEN}${'['.repeat(3.5 * MIB)}${']'.repeat(3.5 * MIB)}}}`,
  'nested arrays and nothing else': () => '['.repeat(3.5 * MIB) + ']'.repeat(3.5 * MIB),
  'nested objects': () => `${OPEN}${filled('{"":', 5.5 * MIB)}0${filled('}', 1.4 * MIB)}}}`,
  objects: () => `${OPEN}[${filled('{},', 7 * MIB)}{}]}}`,
  commas: () => `${OPEN}[${filled('0,', 7 * MIB)}0]}}`,
  'commas and nothing else': () => filled(',', 7 * MIB),
  '600 000 members': () => `${OPEN}${members(600_000, (index) => `"member-${index}":0`)}}}`,
  '600 000 keys of a ConfigMap': () =>
    `${OPEN}{"data":${members(600_000, (index) => `"${index}":""`)}}}}`,
};

/** How often each of the bodies is sent, three at a time. */
const ROUNDS = 3;

async function sendBody(endpoint: Endpoint, text: string): Promise<void> {
  for (const path of ['/validate', '/mutate', '/restart-gate']) {
    await Promise.allSettled(Array.from({ length: ROUNDS }, () => send(endpoint, path, text)));
  }
}

/** How long connections that wait for nothing are held. */
const HOLD_MS = 2000;

/** Opens connections, sends these bytes on each and leaves it at that. */
async function hold(endpoint: Endpoint, count: number, bytes: Buffer): Promise<void> {
  const opened = Array.from({ length: count }, async () => {
    const connection = await Connection.open(endpoint);
    connection.write(bytes);
  });
  await Promise.allSettled(opened);
  await delay(HOLD_MS);
}

async function openIdle({ port }: Endpoint, count: number, atOnce: number): Promise<void> {
  let started = 0;
  const open = async () => {
    while (started < count) {
      started += 1;
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
      socket.on('error', () => undefined);
      // Reset, it is one that gave way.
      await once(socket, 'secureConnect').catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, open));
}

export const FLOODS: Readonly<Record<string, (endpoint: Endpoint) => Promise<void>>> = {
  ...Object.fromEntries(
    Object.entries(BODIES).map(([kind, body]) => [
      `7 MiB of ${kind}`,
      (endpoint: Endpoint) => sendBody(endpoint, body()),
    ]),
  ),
  '60 bodies half sent': (endpoint) =>
    hold(endpoint, 60, requestBytes('/validate', filled('x', 7 * MIB)).subarray(0, -1)),
  '9 000 idle connections': (endpoint) => openIdle(endpoint, 9000, 300),
  'headers without end': (endpoint) =>
    hold(
      endpoint,
      400,
      Buffer.from(`POST /validate HTTP/1.1\r\nhost: a\r\nx: ${filled('x', 15_000)}`),
    ),
};

/** From the repository's root, where tests and the bundled benchmarks are run. */
const SCRIPT = resolve('test/support/flood-process.ts');

/** Runs one of the floods in a process of its own, so that its own work does not delay the caller. */
export async function flood(kind: string, port: number, caFile: string): Promise<void> {
  const child = spawn(process.execPath, [SCRIPT, kind, String(port), caFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('exit', end);
  if (code !== 0) throw new Error(`the flood ${kind} ended with ${String(code)}`);
}

export const endpointOf = (port: number, caFile: string): Endpoint => ({
  port,
  ca: readFileSync(caFile, 'utf8'),
});

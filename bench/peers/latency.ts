import type { ControlPlane } from '../../test/cluster/controlplane/control-plane.ts';
import { webhookConfigurations } from '../../test/cluster/webhooks.ts';
import { waitFor } from '../../test/support/wait.ts';
import { ACCEPTED, DENIED } from '../samples.ts';
import { percentile } from '../report.ts';
import type { PeerServer } from './server.ts';

const PATIENCE_MS = 30_000;
/**
 * Updates of each before the first that counts. What the API server sends is not what a load sends, one review at a
 * time: updates get shorter for so long, with any webhook, and longest with the guard.
 */
const WARM_UP_UPDATES = 1200;

/** Whom the API server asks about the eni-config of a namespace: a webhook, or none. */
interface Judged {
  readonly key: string;
  readonly namespace: string;
  readonly server?: PeerServer;
}

/** How long updates of one namespace's eni-config took in one round, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** The key under which the updates stand that no webhook judges. */
export const NO_WEBHOOK = 'none';

/** What the samples write, without what the API server adds. */
const dataOf = (review: string) =>
  (JSON.parse(review) as { request: { object: { data: object }; oldObject: { data: object } } })
    .request;
const [ONE, OTHER] = [dataOf(ACCEPTED).object.data, dataOf(ACCEPTED).oldObject.data];
/** Each differs from the one before. */
const dataOfUpdate = (update: number) => (update % 2 === 0 ? OTHER : ONE);
const REFUSED = dataOf(DENIED).object.data;

/**
 * Has the API server ask each of these webhooks, as validating and as mutating one, about an
 * eni-config of its own, and measures updates of all of them in turns, so that a disturbance of the
 * machine meets all. By the peers' keys, a value for each round. Rejects when an update fails, or when
 * a webhook was not asked.
 */
export async function measureUpdates(
  plane: ControlPlane,
  servers: readonly PeerServer[],
  ca: string,
  rounds: number,
  updates: number,
): Promise<ReadonlyMap<string, readonly Latency[]>> {
  const all: Judged[] = [
    { key: NO_WEBHOOK, namespace: 'peer-none' },
    ...servers.map((server) => ({
      key: server.peer.key,
      namespace: server.peer.namespace,
      server,
    })),
  ];
  for (const judged of all) await register(plane, judged, ca);
  for (let update = 0; update < WARM_UP_UPDATES; update += 1) {
    for (const judged of all) await write(plane, judged, dataOfUpdate(update));
  }
  const before = await calls(plane);
  const latencies = new Map<string, Latency[]>(all.map(({ key }) => [key, []]));
  for (let round = 0; round < rounds; round += 1) {
    const times = new Map<string, number[]>(all.map(({ key }) => [key, []]));
    for (let update = 0; update < updates; update += 1) {
      for (const judged of all) {
        const begin = performance.now();
        await write(plane, judged, dataOfUpdate(update));
        times.get(judged.key)?.push(performance.now() - begin);
      }
    }
    for (const [key, values] of times) {
      latencies.get(key)?.push({ p50: percentile(values, 50), p99: percentile(values, 99) });
    }
  }
  const after = await calls(plane);
  for (const { peer } of servers) {
    for (const name of Object.values(webhookNames(peer.key))) {
      const asked = (after.get(name) ?? 0) - (before.get(name) ?? 0);
      if (asked < rounds * updates) throw new Error(`${name} was asked ${asked} times only`);
    }
  }
  return latencies;
}

const webhookNames = (key: string) => ({
  validating: `validate.${key}.peers.example`,
  mutating: `mutate.${key}.peers.example`,
});

/** Makes the namespace and its eni-config; resolves when the API server asks its webhook. */
async function register(plane: ControlPlane, { key, namespace, server }: Judged, ca: string) {
  await plane.raw('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  await plane.raw('POST', path, { metadata: { name: 'eni-config' }, data: ONE });
  if (server === undefined) return;
  const { peer, port } = server;
  const { url, names } = { url: `https://127.0.0.1:${port}`, names: webhookNames(key) };
  const configurations = webhookConfigurations({ url, ca });
  for (const kind of ['mutating', 'validating'] as const) {
    const { webhooks, ...configuration } = configurations[kind];
    const [webhook] = webhooks;
    const { status, body } = await plane.raw(
      'POST',
      `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`,
      {
        ...configuration,
        metadata: { name: `peer-${key}` },
        webhooks: [
          {
            ...webhook,
            name: names[kind],
            clientConfig: {
              ...webhook.clientConfig,
              url: url + peer.paths[kind === 'mutating' ? 'mutate' : 'validate'],
            },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          },
        ],
      },
    );
    if (status !== 201) throw new Error(`${kind} webhook of ${peer.name}: ${body}`);
  }
  await waitFor(`the API server to ask ${peer.name}`, PATIENCE_MS, async () => {
    server.assertRunning();
    for (const data of [OTHER, ONE]) await write(plane, { key, namespace }, data);
    const asked = await calls(plane);
    return Object.values(names).every((name) => asked.has(name)) ? true : undefined;
  });
  const { body } = await put(plane, namespace, REFUSED);
  const isRefused = Object.values(names).some((name) => body.includes(`\\"${name}\\" denied`));
  if (!isRefused) throw new Error(`an update that ${peer.name} has to refuse: ${body}`);
}

async function put(plane: ControlPlane, namespace: string, data: object) {
  const path = `/api/v1/namespaces/${namespace}/configmaps/eni-config`;
  return plane.raw('PUT', path, { metadata: { name: 'eni-config' }, data });
}

async function write(plane: ControlPlane, { key, namespace }: Judged, data: object) {
  const { status, body } = await put(plane, namespace, data);
  if (status !== 200) throw new Error(`an update that ${key} has to accept: ${body}`);
}

/** How often the API server has called each webhook, by its own count. */
async function calls(plane: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const { body } = await plane.raw('GET', '/metrics');
  const counts = new Map<string, number>();
  const line =
    /^apiserver_admission_webhook_admission_duration_seconds_count\{.*?name="([^"]+)".*\} (\S+)$/gm;
  for (const [, name = '', count] of body.matchAll(line)) {
    counts.set(name, (counts.get(name) ?? 0) + Number(count));
  }
  return counts;
}

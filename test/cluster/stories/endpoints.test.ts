import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';

import { CertificateAuthority } from '../../support/certificates.ts';
import { BASE_VETH } from '../../support/config-maps.ts';
import { run } from '../../support/output.ts';
import { findOrBuild } from '../controlplane/binaries.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { type Guard, startGuard } from '../guard.ts';
import { manifest } from '../guarded-cluster.ts';
import { ask } from '../lab/api.ts';
import { CONTROL_PLANE_ADDRESS, PLACES, enterLabNetwork } from '../lab/network.ts';
import { untilArmed } from '../lab/release.ts';
import { ReviewStream, UNNOTICED, outside } from '../lab/review-stream.ts';
import { configurationPath, webhookConfigurations } from '../webhooks.ts';

/**
 * Two guards behind a Service, as an API server finds them that looks for endpoints by itself. What it does
 * with a connection whose guard ends differs between its releases, so this is run on several.
 */

const NAME = 'eni-config-guard';
const NAMESPACE = '/namespaces/kube-system';
const PORT = 443;
const DRAIN_SECONDS = 2;

/** A guard and where it listens. */
interface Replica {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly guard: Guard;
}

t.setTimeout(5 * 60_000);

// What takes the internet comes before the network, which has none.
await findOrBuild();
enterLabNetwork();

t.test('a guard of two behind a Service', async (t) => {
  const plane = await startControlPlane({
    address: CONTROL_PLANE_ADDRESS,
    apiServerFlags: ['--enable-aggregator-routing=true'],
  });
  t.teardown(() => plane.stop());
  const pair = join(plane.dir, 'pair');
  const ca = await writePair(pair);
  const replicas: Replica[] = [];
  for (const place of PLACES.slice(0, 2)) {
    const replica = await startReplica(place.name, place.address, pair);
    t.teardown(() => replica.guard.stop());
    replicas.push(replica);
  }
  const created = await plane.kubectl(['create', '-f', '-'], { stdin: manifest(BASE_VETH) });
  t.match(created, { code: 0 });
  await makeService(plane);
  await setEndpoints(plane, replicas);
  await setWebhooks(plane, ca);
  await untilArmed({ plane });

  await t.test('is killed: calls fail until its endpoint is withdrawn, none later', async (t) => {
    let calls = 0;
    let failures = 0;
    for (const replica of replicas) {
      const stream = await ReviewStream.start(t, plane);
      await stream.flow(200);
      const [before, answeredBefore] = [stream.elapsed, stream.answered];
      await replica.guard.kill();
      await stream.flow(200);
      calls += stream.answered - answeredBefore;
      await setEndpoints(plane, replicas, (other) => other !== replica);
      await untilNoneFails(stream);
      const after = stream.elapsed;
      await stream.flow(200);
      const { failed, wrong, unanswered } = await stream.stop();
      failures += failed.length;
      t.same({ wrong, unanswered }, { wrong: [], unanswered: 0 }, 'no verdict is wrong');
      t.same(outside(failed, before, after), [], 'none fails before or afterwards');

      await replica.guard.restart();
      await setEndpoints(plane, replicas);
    }
    t.comment(`while an endpoint was dead, ${failures} of ${calls} writes failed`);
    t.ok(failures < calls, 'the other guard answers');
  });

  await t.test('is asked to end while its endpoint is withdrawn: no call fails', async (t) => {
    for (const replica of replicas) {
      const stream = await ReviewStream.start(t, plane);
      await stream.flow(200);
      const ended = replica.guard.terminate();
      await setEndpoints(plane, replicas, (other) => other !== replica);
      t.equal(await ended, 0, `${replica.name} ends by itself`);
      await stream.flow(200);
      const { answered, ...rest } = await stream.stop();
      t.ok(answered > 400, 'reviews flowed');
      t.same(rest, UNNOTICED, 'and no call notices');

      await replica.guard.restart();
      await setEndpoints(plane, replicas);
    }
  });
});

/** Resolves when so many calls in a row have succeeded that no dead guard can be among those called. */
async function untilNoneFails(stream: ReviewStream): Promise<void> {
  for (let failures = -1; stream.failures !== failures;) {
    failures = stream.failures;
    await stream.flow(60);
  }
}

/** Starts a guard on an address of its own, which serves the pair in this folder. */
async function startReplica(name: string, address: string, directory: string): Promise<Replica> {
  const { code, stderr } = await run('ip', ['address', 'add', `${address}/24`, 'dev', 'lab']);
  if (code !== 0) throw new Error(stderr);
  const tls = { source: 'local', directory };
  const guard = await startGuard({}, { address, drainSeconds: DRAIN_SECONDS, tls });
  return { name, address, port: Number(new URL(guard.url).port), guard };
}

/** Writes a pair for the Service's name into the folder; gives the certificate of its CA. */
async function writePair(directory: string): Promise<string> {
  const authority = await CertificateAuthority.create();
  const { certificate, privateKey } = await authority.issueServer([`${NAME}.kube-system.svc`]);
  await mkdir(directory);
  await writeFile(join(directory, 'tls.crt'), certificate);
  await writeFile(join(directory, 'tls.key'), privateKey);
  return authority.certificate;
}

/** A Service without a selector: its endpoints are what the test says. */
async function makeService(plane: ControlPlane): Promise<void> {
  await ask(plane, 'POST', `/api/v1${NAMESPACE}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME },
    spec: { ports: [{ name: 'https', port: PORT }] },
  });
}

/**
 * Has the Service lead to those guards that are there, of all these. Releases of the API server differ in
 * what they look at: Endpoints or EndpointSlices.
 */
async function setEndpoints(
  plane: ControlPlane,
  replicas: readonly Replica[],
  isThere: (replica: Replica) => boolean = () => true,
): Promise<void> {
  const ports = ({ port }: Replica) => [{ name: 'https', port, protocol: 'TCP' }];
  await apply(plane, `/api/v1${NAMESPACE}/endpoints/${NAME}`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: NAME },
    subsets: replicas
      .filter(isThere)
      .map((replica) => ({ addresses: [{ ip: replica.address }], ports: ports(replica) })),
  });
  for (const replica of replicas) {
    const slice = `/apis/discovery.k8s.io/v1${NAMESPACE}/endpointslices/${replica.name}`;
    const endpoint = { addresses: [replica.address], conditions: { ready: true } };
    await apply(plane, slice, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: replica.name, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      ports: ports(replica),
      endpoints: isThere(replica) ? [endpoint] : [],
    });
  }
}

async function apply(plane: ControlPlane, path: string, object: object): Promise<void> {
  const query = '?fieldManager=tests&force=true';
  await ask(plane, 'PATCH', `${path}${query}`, object, 'application/apply-patch+yaml');
}

async function setWebhooks(plane: ControlPlane, ca: string): Promise<void> {
  const manifests = webhookConfigurations({ url: '', ca });
  for (const kind of ['mutating', 'validating'] as const) {
    const { webhooks, ...manifest } = manifests[kind];
    const path = kind === 'mutating' ? '/mutate' : '/validate';
    const service = { name: NAME, namespace: 'kube-system', path, port: PORT };
    await ask(plane, 'POST', configurationPath(kind).replace(`/${NAME}`, ''), {
      ...manifest,
      webhooks: webhooks.map((webhook) => ({
        ...webhook,
        clientConfig: { service, caBundle: webhook.clientConfig.caBundle },
      })),
    });
  }
}

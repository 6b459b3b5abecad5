import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, Probe } from './objects.ts';

/** What a kubelet finds out by a container's probes. */
export interface HealthListener {
  /** The readiness probe's result has changed. */
  readiness(isReady: boolean): void;
  /** The liveness or startup probe has failed as often as it may. */
  dead(): void;
}

// A kubelet waits a period even for the first success, which would only make tests slow.
const FIRST_PERIOD_MS = 200;

/** Probes a container as a kubelet does, from its start until `signal` ends it. */
export async function watchHealth(
  container: Container,
  address: string,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const once = async (probe: Probe) => isHealthy(container, probe, address, signal);
  try {
    if (startupProbe !== undefined) await untilStarted(startupProbe, once, listener, signal);
    if (readinessProbe === undefined) listener.readiness(true);
    await Promise.all([
      readinessProbe && repeat(readinessProbe, once, listener, signal),
      livenessProbe && untilDead(livenessProbe, once, listener, signal),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

type Probing = (probe: Probe) => Promise<boolean>;

async function untilStarted(
  probe: Probe,
  isGood: Probing,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + periodMs(probe) * (probe.failureThreshold ?? 3);
  while (!(await isGood(probe))) {
    if (performance.now() > deadline) listener.dead();
    await sleep(FIRST_PERIOD_MS, undefined, { signal });
  }
}

async function repeat(
  probe: Probe,
  isGood: Probing,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  let isReady = false;
  let failures = 0;
  for (;;) {
    const good = await isGood(probe);
    failures = good ? 0 : failures + 1;
    if (good !== isReady && (good || failures >= (probe.failureThreshold ?? 3))) {
      isReady = good;
      listener.readiness(isReady);
    }
    await sleep(isReady ? periodMs(probe) : FIRST_PERIOD_MS, undefined, { signal });
  }
}

async function untilDead(
  probe: Probe,
  isGood: Probing,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (failures < (probe.failureThreshold ?? 3)) {
    await sleep(periodMs(probe), undefined, { signal });
    failures = (await isGood(probe)) ? 0 : failures + 1;
  }
  listener.dead();
}

const periodMs = ({ periodSeconds = 10 }: Probe) => periodSeconds * 1000;

async function isHealthy(
  { name, ports = [] }: Container,
  { httpGet: target, timeoutSeconds = 1 }: Probe,
  address: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (target === undefined) throw new Error(`${name} has a probe of a kind not known here`);
  const { scheme = 'HTTP', host = address, path = '/', port } = target;
  const number =
    typeof port === 'number' ? port : ports.find((one) => one.name === port)?.containerPort;
  const url = `${scheme.toLowerCase()}://${host}:${String(number)}${path}`;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  // A kubelet does not look at the certificate either.
  const options = { agent: false, rejectUnauthorized: false, signal: deadline } as const;
  try {
    const outgoing = scheme === 'HTTPS' ? httpsGet(url, options) : httpGet(url, options);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode !== undefined && response.statusCode < 400;
  } catch {
    return false;
  }
}

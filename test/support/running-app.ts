import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { WebhookOptions } from '../../src/admission/validate.ts';
import {
  type DecisionRecorderOptions,
  createDecisionRecorder,
} from '../../src/audit/decision-recorder.ts';
import { type Metrics, createMetrics } from '../../src/audit/metrics.ts';
import { DEFAULT_POLICY } from '../../src/engine/core/policy.ts';
import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { DEFAULT_INJECTIONS } from '../../src/engine/defaults/policy.ts';
import { review, reviewStored } from '../../src/engine/rules/index.ts';
import { type AppOptions, createApp } from '../../src/server/app.ts';
import { TurnedAway } from '../../src/server/turned-away.ts';
import { type LocalCertificate, localCertificate } from '../../src/certificates/local.ts';
import type { Endpoint } from './https-client.ts';

export type RunningApp = Endpoint & {
  readonly metrics: Metrics;
  readonly turnedAway: TurnedAway;
  /** What was logged so far, one entry a call of the logger. */
  readonly log: readonly { readonly level: string; readonly entry: unknown }[];
};

/** The webhook of a guard that was told nothing about its cluster. */
export const WEBHOOK: WebhookOptions = {
  review,
  facts: () => NO_FACTS,
  policy: DEFAULT_POLICY,
  defaults: DEFAULT_INJECTIONS,
};

/** A gate that is off, as it is unless configured. */
export const RESTART_GATE: AppOptions['restartGate'] = {
  mode: 'off',
  review: reviewStored,
  facts: () => NO_FACTS,
  policy: DEFAULT_POLICY,
  stored: async () => undefined,
};

type RunningAppOptions = Partial<AppOptions> & Partial<Omit<DecisionRecorderOptions, 'metrics'>>;

/** One for all apps of a process: its keys cost more time than most tests. */
let certificate: Promise<LocalCertificate> | undefined;

/** Listens on a free port of 127.0.0.1, with a certificate made for it, until the test ends. */
export async function startApp(t: Test, options: RunningAppOptions = {}): Promise<RunningApp> {
  const log: { level: string; entry: unknown }[] = [];
  const logAs =
    (level: string) =>
    (...entry: unknown[]) =>
      void log.push({ level, entry });
  const tls = await (certificate ??= localCertificate(t.testdir()));
  const metrics = createMetrics();
  const logger = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') };
  const turnedAway = new TurnedAway(logger, metrics.countTurnedAway);
  const app = createApp({
    webhook: WEBHOOK,
    restartGate: RESTART_GATE,
    tls,
    log: logger,
    record: createDecisionRecorder({ log: logger, metrics, ...options }),
    turnedAway,
    isReady: () => true,
    ...options,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { port, ca: tls.ca, metrics, turnedAway, log };
}

import { NoUidError } from '../../../src/admission/body.ts';
import { gateRestart } from '../../../src/admission/restart-gate.ts';
import { mutate } from '../../../src/admission/mutate.ts';
import type { Outcome } from '../../../src/admission/outcome.ts';
import { reviewOf } from '../../../src/admission/response.ts';
import { validate } from '../../../src/admission/validate.ts';
import { BackgroundCheck } from '../../../src/audit/background-check.ts';
import { createDecisionRecorder } from '../../../src/audit/decision-recorder.ts';
import { type Endpoint, createMetrics } from '../../../src/audit/metrics.ts';
import { readConfig } from '../../../src/config/load.ts';
import { review, reviewStored } from '../../../src/engine/rules/index.ts';
import { readMode } from '../../../src/facts/kube-proxy.ts';
import { BASE_VETH, type Data } from '../config-maps.ts';
import { restartBody } from '../restarts.ts';

/** All that the guard does with what comes in, at each of the places where it does. */

/** What is known of the cluster: every version and mode, so that every rule has work. */
const CONFIGURATION = `
facts:
  terwayVersion: "1.15.2"
  pluginVersions: {portmap: "1.7.1", tuning: "1.7.1"}
  kubeProxyMode: ipvs
`;
const { facts: known, policy, defaults } = readConfig(CONFIGURATION, 'the adversary');
const facts = () => known.known;

/** Lines are made, and go nowhere. */
const toNowhere = (...entry: unknown[]) => void JSON.stringify(entry);
const log = { info: toNowhere, warn: toNowhere, error: toNowhere };
const events = { write: toNowhere };
const record = createDecisionRecorder({ log, metrics: createMetrics(), events });
const NO_TIME = { read: 0, review: 0, answer: 0, total: 0 };
const RESTART = restartBody({});

function answered(endpoint: Endpoint, outcome: Outcome): void {
  JSON.stringify(reviewOf(outcome.response));
  record(endpoint, outcome, NO_TIME);
}

const storedObject = (data: Data) => ({
  configMap: { data: new Map(Object.entries(data)), binaryData: new Map(), immutable: false },
  uid: 'x',
  changedMs: undefined,
});

/** Something that is done with a text of this length. */
export interface Work {
  readonly place: Endpoint | 'background check' | 'facts';
  readonly length: number;
  readonly run: () => Promise<void>;
}

/** A review at an endpoint; `stored` is the eni-config that the cluster has. */
export function reviewAt(endpoint: Endpoint, body: string, stored: Data = BASE_VETH): Work {
  const answer = answererOf(endpoint, storedObject(stored));
  const run = async () => {
    try {
      answered(endpoint, await answer(body));
    } catch (error) {
      if (!(error instanceof NoUidError)) throw error;
    }
  };
  return { place: endpoint, length: body.length, run };
}

function answererOf(endpoint: Endpoint, object: ReturnType<typeof storedObject>) {
  const stored = () => Promise.resolve(object);
  if (endpoint === 'restart-gate') {
    const gate = { mode: 'deny', review: reviewStored, facts, policy, stored } as const;
    return (body: string) => gateRestart(body, gate);
  }
  const nodes = () => Promise.resolve({ count: 3, isOpen: false });
  const webhook = { review, facts, policy, defaults, hasAdmissionPolicy: true };
  const options = { ...webhook, overlays: { stored, nodes } };
  const answer = endpoint === 'validate' ? validate : mutate;
  return (body: string) => answer(body, options);
}

const lengthOf = (data: Data) => Object.values(data).join('').length;

/** What is done with a stored object, without a write of it. */
export function worksOnStored(data: Data): readonly Work[] {
  const length = lengthOf(data);
  const object = storedObject(data);
  const options = { review: reviewStored, facts, policy, log, observe: () => undefined, events };
  const look = () => {
    new BackgroundCheck(options).see(object);
    return Promise.resolve();
  };
  return [
    { ...reviewAt('restart-gate', RESTART, data), length },
    { place: 'background check', length, run: look },
  ];
}

/** The file of kube-proxy is read. */
export const factsFrom = (text: string): Work => ({
  place: 'facts',
  length: text.length,
  run: () => {
    readMode(text);
    return Promise.resolve();
  },
});

/** Milliseconds of CPU time of the main thread, which all callers share. */
export async function costOf({ run }: Work): Promise<number> {
  const before = threadMs();
  await run();
  return threadMs() - before;
}

/** Linux counts a thread's time at ticks, 4 ms apart, and whenever the whole process is asked for its own. */
function threadMs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

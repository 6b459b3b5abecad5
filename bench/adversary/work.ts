import { gateRestart } from '../../src/admission/restart-gate.ts';
import { mutate } from '../../src/admission/mutate.ts';
import type { Outcome } from '../../src/admission/outcome.ts';
import { reviewOf } from '../../src/admission/response.ts';
import { validate } from '../../src/admission/validate.ts';
import { BackgroundCheck } from '../../src/audit/background-check.ts';
import { createDecisionRecorder } from '../../src/audit/decision-recorder.ts';
import { type Endpoint, createMetrics } from '../../src/audit/metrics.ts';
import { readConfig } from '../../src/config/load.ts';
import { review, reviewStored } from '../../src/engine/rules/index.ts';
import type { Data } from '../../test/support/config-maps.ts';
import { restartBody } from '../../test/support/restarts.ts';
import { reviewBody } from '../../test/support/reviews.ts';
import { CONFIGURATION } from '../samples.ts';

/** All that the guard does with an object, at each of the places where it does. */

const { facts: known, policy, defaults } = readConfig(CONFIGURATION, 'bench');
const facts = () => known.known;

/** Lines are made, and go nowhere. */
const toNowhere = (...entry: unknown[]) => void JSON.stringify(entry);
const log = { info: toNowhere, warn: toNowhere, error: toNowhere };
const events = { write: toNowhere };
const record = createDecisionRecorder({ log, metrics: createMetrics(), events });
const webhook = { review, facts, policy, defaults, hasAdmissionPolicy: true };
const NO_TIME = { read: 0, review: 0, answer: 0, total: 0 };
const RESTART = restartBody({});

function answered(endpoint: Endpoint, outcome: Outcome): void {
  JSON.stringify(reviewOf(outcome.response));
  record(endpoint, outcome, NO_TIME);
}

const stored = (data: Data) => ({
  configMap: { data: new Map(Object.entries(data)), binaryData: new Map(), immutable: false },
  uid: 'x',
  changedMs: undefined,
});

export const PLACES = ['/validate', '/mutate', '/restart-gate', 'background check'] as const;
export type Place = (typeof PLACES)[number];

/** The work at a place, and how many characters come in. */
function workAt(place: Place, old: Data, data: Data): { run: () => Promise<void>; length: number } {
  const object = stored(data);
  const length = Object.values(data).join('').length;
  switch (place) {
    case '/validate':
    case '/mutate': {
      const body = reviewBody({ oldData: old, data });
      const answer = place === '/validate' ? validate : mutate;
      const endpoint = place === '/validate' ? 'validate' : 'mutate';
      return {
        length: body.length,
        run: async () => answered(endpoint, await answer(body, webhook)),
      };
    }
    case '/restart-gate': {
      const gate = {
        mode: 'deny',
        review: reviewStored,
        facts,
        policy,
        stored: () => Promise.resolve(object),
      } as const;
      return {
        length,
        run: async () => answered('restart-gate', await gateRestart(RESTART, gate)),
      };
    }
    case 'background check':
      return {
        length,
        run: () => {
          new BackgroundCheck({
            review: reviewStored,
            facts,
            policy,
            log,
            observe: () => undefined,
            events,
          }).see(object);
          return Promise.resolve();
        },
      };
  }
}

const MIB = 1024 * 1024;

/** Milliseconds of the main thread's time for each MiB that comes in. */
export async function costPerMib(place: Place, old: Data, data: Data): Promise<number> {
  const { run, length } = workAt(place, old, data);
  const before = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / (length / MIB);
}

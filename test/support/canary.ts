import { mutate } from '../../src/admission/mutate.ts';
import { type WebhookOptions, validate } from '../../src/admission/validate.ts';
import { BackgroundCheck } from '../../src/audit/background-check.ts';
import { createDecisionRecorder } from '../../src/audit/decision-recorder.ts';
import { createMetrics } from '../../src/audit/metrics.ts';
import { createStoredMetrics } from '../../src/audit/stored-metrics.ts';
import { decide } from '../../src/engine/core/decide.ts';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import { asGithub } from '../../src/engine/report/lint-github.ts';
import { asJson } from '../../src/engine/report/lint-json.ts';
import { asJunit } from '../../src/engine/report/lint-junit.ts';
import type { LintReport } from '../../src/engine/report/lint-report.ts';
import { asSarif } from '../../src/engine/report/lint-sarif.ts';
import { asText } from '../../src/engine/report/lint-text.ts';
import * as status from '../../src/engine/report/status-text.ts';
import { RULE_INFO, review, reviewStored } from '../../src/engine/rules/index.ts';
import { judge } from '../../src/manifests/judge.ts';
import { readManifests } from '../../src/manifests/read.ts';
import * as replayed from '../../src/replay/report.ts';
import { configMap } from './changes.ts';
import type { Data } from './config-maps.ts';
import { keepLines } from './kept-lines.ts';
import { yamlManifest } from './manifests.ts';
import { reviewBody } from './reviews.ts';

/** What the guard says of a write, wherever it says it, to find out what it gives away. */

/** One for all, as making them takes longer than a review. */
const metrics = createMetrics();
const observeStored = createStoredMetrics(metrics.registry);

/** What all writes so far have left in the metrics. */
export const metricsText = async (): Promise<string> => await metrics.registry.metrics();

const DURATIONS = { read: 0, review: 0, answer: 0, total: 0 };

/** By the name of the place, all that is said there. */
export type Outputs = Readonly<Record<string, string>>;

/**
 * Answers, log lines, Events and annotations of an update from `old` to `now`, and of what it stores. The patch of a mutation is left out: it carries the object itself, to the API server.
 */
export async function webhookOutputs(
  now: Data,
  old: Data,
  webhook: WebhookOptions,
): Promise<Outputs> {
  const { log, lines } = keepLines();
  const events: unknown[] = [];
  const sink = { write: (note: unknown) => void events.push(note) };
  const record = createDecisionRecorder({ log, metrics, events: sink });
  const body = reviewBody({ oldData: old, data: now });
  const validated = await validate(body, webhook);
  record('validate', validated, DURATIONS);
  const mutated = await mutate(body, webhook);
  record('mutate', mutated, DURATIONS);
  const check = new BackgroundCheck({
    review: reviewStored,
    facts: webhook.facts,
    policy: webhook.policy,
    log,
    observe: observeStored,
    events: sink,
  });
  check.see({ configMap: configMap(now), uid: 'a' });
  const { patch, ...answer } = mutated.response;
  return {
    answer: JSON.stringify(validated.response),
    [patch === undefined ? 'mutation' : 'mutation with a patch']: JSON.stringify(answer),
    log: JSON.stringify(lines),
    events: JSON.stringify(events),
  };
}

/** What the commands print of the same. */
export function commandOutputs(now: Data, old: Data, { facts, policy }: WebhookOptions): Outputs {
  const known = facts();
  const defaults = { mode: 'off', values: new Map() } as const;
  const [object] = readManifests({ name: 'a.yaml', text: yamlManifest(configMap(now)) }).objects;
  const options = { facts: known, policy, defaults };
  const judged = [undefined, configMap(old)].map((from) => judge(object!, from, options));
  const report: LintReport = { objects: judged, facts: known, version: '1.2.3' };
  const change = { operation: 'UPDATE', old: configMap(old), new: configMap(now) } as const;
  const { rules, mode } = policy;
  const verdict = decide(review(change, known, policy), { rules, mode });
  return {
    lint: asText(report, { isColoured: false }),
    'lint json': asJson(report),
    'lint sarif': asSarif(report, Object.values(RULE_INFO)),
    'lint junit': asJunit(report),
    'lint github': asGithub(report),
    ...statusOutputs(configMap(now), verdict, known),
    ...replayOutputs(configMap(now), verdict),
  };
}

type Verdict = ReturnType<typeof decide>;

function statusOutputs(
  object: ConfigMap,
  verdict: Verdict,
  facts: ReturnType<WebhookOptions['facts']>,
): Outputs {
  const report = { object, verdict, facts, unknown: [], hasTerway: true };
  return { status: status.asText(report), 'status json': status.asJson(report) };
}

function replayOutputs(object: ConfigMap, verdict: Verdict): Outputs {
  const event = {
    auditId: 'a',
    time: '2026-01-31T12:00:00Z',
    user: { username: 'alice' },
    fieldManager: 'kubectl-edit',
    dryRun: false,
  };
  const changed = {
    event,
    operation: 'UPDATE',
    then: 'allowed',
    now: 'refused',
    verdict,
    object,
    hasBreakGlass: false,
  };
  const replay = {
    writes: 1,
    same: { allowed: 0, refused: 0 },
    changed: [changed],
    changedOmitted: 0,
    becomes: { allowed: 0, refused: 1 },
    unjudged: new Map(),
  } as unknown as Parameters<typeof replayed.asText>[0];
  return { replay: replayed.asText(replay, 1), 'replay json': replayed.asJson(replay, 1) };
}

/** The places that say a text of these. */
export function placesOf(outputs: Outputs, ...secrets: readonly string[]): string[] {
  return Object.entries(outputs).flatMap(([place, said]) =>
    secrets.some((secret) => said.includes(secret)) ? [place] : [],
  );
}

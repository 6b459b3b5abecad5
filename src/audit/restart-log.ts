import type { RestartOutcome } from '../admission/restart-gate.ts';
import { exemptionInWords } from '../engine/core/exemption.ts';
import { outagesIn } from '../engine/core/review-stored.ts';
import { printable } from '../engine/text/text.ts';
import { LOG_SCHEMA } from '../engine/report/log-schema.ts';
import { nameOf, whoOf } from './decision-log.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import { toFindingFields } from '../engine/report/finding-fields.ts';
import type { Logger } from '../log.ts';

/**
 * One line per judged restart: who, what, verdict and what is wrong with the object as stored. Like
 * the decision log it picks fields that hold no document text.
 */
export function logRestart(log: Logger, outcome: RestartOutcome, totalMs: number): void {
  const { request, verdict, facts, failure, review } = outcome;
  if (!request?.restart) return;
  const { daemonSet, user } = request.restart;
  log.info(
    {
      schema: LOG_SCHEMA,
      endpoint: 'restart-gate',
      uid: nameOf(review.response.uid),
      dryRun: request.dryRun,
      daemonSet: printable(daemonSet),
      ...whoOf(user),
      fieldManager: nameOf(request.fieldManager),
      exemption: verdict?.exemption && exemptionInWords(verdict.exemption),
      verdict: review.response.allowed ? 'allow' : 'deny',
      // Undefined when it was not judged.
      stored: verdict && (outagesIn(verdict).length === 0 ? 'allow' : 'deny'),
      ...(verdict && toFindingFields(verdict.findings, verdict.object)),
      failure,
      facts: facts && summarizeFacts(facts),
      durationMs: { total: totalMs },
    },
    'restart',
  );
}

import type { RestartOutcome } from '../admission/restart-gate.ts';
import { exemptionInWords } from '../core/exemption.ts';
import { printable } from '../core/text.ts';
import { LOG_SCHEMA, whoOf } from './decision-log.ts';
import { listFindings } from './finding-fields.ts';
import type { Logger } from './logger.ts';

/**
 * One line per judged restart: who, what, verdict and what is wrong with the object as stored. Like
 * the decision log it picks fields that hold no document text.
 */
export function logRestart(log: Logger, outcome: RestartOutcome, totalMs: number): void {
  const { request, verdict, failure, review } = outcome;
  if (!request?.restart) return;
  const { daemonSet, user } = request.restart;
  log.info(
    {
      schema: LOG_SCHEMA,
      endpoint: 'restart-gate',
      uid: printable(review.response.uid, 256),
      dryRun: request.dryRun,
      daemonSet: printable(daemonSet),
      ...whoOf(user),
      exemption: verdict?.exemption && exemptionInWords(verdict.exemption),
      verdict: review.response.allowed ? 'allow' : 'deny',
      // What the object as stored would come to as a write; undefined when it was not judged.
      stored: verdict && (verdict.allowed ? 'allow' : 'deny'),
      ...(verdict && listFindings(verdict.findings, verdict.object)),
      failure,
      durationMs: { total: totalMs },
    },
    'restart',
  );
}

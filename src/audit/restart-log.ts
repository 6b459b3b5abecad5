import type { RestartOutcome } from '../admission/restart-gate.ts';
import { shortened } from '../core/text.ts';
import { MAX_GROUPS, MAX_NAME_LENGTH, countFindings } from './decision-log.ts';
import type { Logger } from './logger.ts';

/**
 * One line per judged restart: who, what, verdict and rule ids of the object as stored. Like the
 * decision log it picks fields that hold no document text.
 */
export function logRestart(log: Logger, outcome: RestartOutcome, seconds: number): void {
  const { request, verdict, failure, review } = outcome;
  if (!request?.restart) return;
  const { daemonSet, user } = request.restart;
  log.info(
    {
      endpoint: 'restart-gate',
      uid: review.response.uid,
      dryRun: request.dryRun,
      daemonSet,
      user: shortened(user.name, MAX_NAME_LENGTH),
      groups: user.groups.slice(0, MAX_GROUPS).map((group) => shortened(group, MAX_NAME_LENGTH)),
      exemption: verdict?.exemption,
      verdict: review.response.allowed ? 'allow' : 'deny',
      // What the object as stored would come to as a write; undefined when it was not judged.
      stored: verdict && (verdict.allowed ? 'allow' : 'deny'),
      findings: verdict && countFindings(verdict.findings),
      failure,
      durationMs: Number((seconds * 1000).toFixed(3)),
    },
    'restart',
  );
}

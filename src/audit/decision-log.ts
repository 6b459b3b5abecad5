import type { Outcome } from '../admission/handle.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { shortened } from '../core/text.ts';
import type { Logger } from './logger.ts';

/** Names in a log line stay bounded, whatever an authenticator hands out. */
export const MAX_NAME_LENGTH = 256;
export const MAX_GROUPS = 50;

/**
 * One line per judged write: who, what, verdict and rule ids. Fields are picked one by one from
 * values that hold no document text, so a secret cannot slip in with a whole request.
 */
export function logDecision(
  log: Logger,
  endpoint: string,
  outcome: Outcome,
  seconds: number,
): void {
  const { request, verdict, review } = outcome;
  if (request && !request.change) return;
  log.info(
    {
      endpoint,
      uid: review.response.uid,
      operation: request?.change?.operation,
      dryRun: request?.dryRun,
      user: shortened(request?.change?.user.name ?? '', MAX_NAME_LENGTH),
      groups: request?.change?.user.groups
        .slice(0, MAX_GROUPS)
        .map((group) => shortened(group, MAX_NAME_LENGTH)),
      exemption: verdict?.exemption,
      verdict: review.response.allowed ? 'allow' : 'deny',
      findings: verdict && countFindings(verdict.findings),
      injected: outcome.injected,
      durationMs: Number((seconds * 1000).toFixed(3)),
    },
    'review',
  );
}

/** Findings of one rule and key as one entry: a chain can have a thousand of them. */
interface FindingCount {
  readonly rule: string;
  readonly severity: Severity;
  /** What it would have been with nothing switched down. */
  readonly unmodified: Severity;
  readonly key: string | undefined;
  count: number;
}

export function countFindings(findings: readonly Finding[]): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { rule, severity, unmodified, key } of findings) {
    const id = JSON.stringify([rule, severity, unmodified, key]);
    const known = counts.get(id);
    if (known) known.count += 1;
    else counts.set(id, { rule, severity, unmodified, key, count: 1 });
  }
  return [...counts.values()];
}

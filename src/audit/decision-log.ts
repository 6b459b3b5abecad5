import type { Outcome } from '../admission/handle.ts';
import { exemptionInWords } from '../engine/core/exemption.ts';
import type { Finding } from '../engine/core/finding.ts';
import { printable } from '../engine/text/text.ts';
import { LOG_SCHEMA } from '../engine/report/log-schema.ts';
import { createChangedKeys } from './content-hash.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import { toFindingFields } from '../engine/report/finding-fields.ts';
import type { Logger } from '../log.ts';
import type { StageDurations } from './stage-timer.ts';

/** Names in a log line stay bounded, whatever an authenticator hands out. */
const MAX_NAME_LENGTH = 256;
const MAX_GROUPS = 50;

export type DecisionLog = (
  endpoint: 'validate' | 'mutate',
  outcome: Outcome,
  durations: StageDurations,
) => void;

/**
 * Makes the function that writes one line per answered review of eni-config: who, what, verdict
 * and why. Fields are picked one by one from values that hold no document text, so a secret cannot
 * slip in with a whole request.
 */
export function createDecisionLog(log: Logger): DecisionLog {
  const changedKeys = createChangedKeys();
  return (endpoint, outcome, durations) => {
    const { request, verdict, review, facts } = outcome;
    if (request && !request.change) return;
    const change = request?.change;
    const keys = change && changedKeys(change);
    log.info(
      {
        schema: LOG_SCHEMA,
        endpoint,
        uid: nameOf(review.response.uid),
        operation: change?.operation,
        dryRun: request?.dryRun,
        ...(change && whoOf(change.user)),
        fieldManager: nameOf(request?.fieldManager),
        exemption: verdict?.exemption && exemptionInWords(verdict.exemption),
        breakGlass: opened(outcome),
        verdict: review.response.allowed ? 'allow' : 'deny',
        unmodified: verdict ? unmodifiedVerdict(verdict.findings) : unjudged(endpoint, outcome),
        ...(verdict && toFindingFields(verdict.findings, verdict.object)),
        unreadable: outcome.unreadable,
        failure: outcome.failure,
        changed: keys?.changed,
        changedOmitted: keys?.omitted,
        injected: outcome.injected,
        facts: facts && summarizeFacts(facts),
        durationMs: durations,
      },
      'review',
    );
  };
}

/** A name of somebody's choice, for a line; undefined where there is none. */
export const nameOf = (name: string | undefined) =>
  name === undefined ? undefined : printable(name, MAX_NAME_LENGTH);

/** Who asks, as fields of a line. */
export function whoOf({
  name,
  groups,
}: {
  readonly name: string;
  readonly groups: readonly string[];
}) {
  return {
    user: printable(name, MAX_NAME_LENGTH),
    groups: groups.slice(0, MAX_GROUPS).map((group) => printable(group, MAX_NAME_LENGTH)),
  };
}

/** A note that this write put there, and that lets others go past the guard from now on. */
function opened({ bypass }: Outcome): string | undefined {
  return bypass?.standing === 'open' ? `until ${bypass.until}: ${bypass.reason}` : undefined;
}

/** What can't be judged is refused where writes are refused; the mutating webhook leaves that to the other. */
function unjudged(endpoint: string, { unreadable, failure }: Outcome): 'deny' | undefined {
  return endpoint === 'validate' && (unreadable ?? failure) !== undefined ? 'deny' : undefined;
}

/** The verdict with no mode, no rule switched down and nobody exempt. */
function unmodifiedVerdict(findings: readonly Finding[]): 'allow' | 'deny' {
  return findings.some(({ unmodified }) => unmodified === 'deny') ? 'deny' : 'allow';
}

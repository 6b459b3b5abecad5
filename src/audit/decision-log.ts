import type { Outcome } from '../admission/outcome.ts';
import type { User } from '../engine/core/eni-config.ts';
import { exemptionInWords } from '../engine/core/exemption.ts';
import { printable } from '../engine/text/text.ts';
import { LOG_SCHEMA } from '../engine/report/log-schema.ts';
import { createChangedKeys } from './content-hash.ts';
import { rulesIn, whatOf } from './events.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import { toFindingFields } from '../engine/report/finding-fields.ts';
import type { Logger } from '../log.ts';
import type { Endpoint } from './metrics.ts';
import type { StageDurations } from './stage-timer.ts';

/** Names in a log line stay bounded, whatever an authenticator hands out. */
const MAX_NAME_LENGTH = 256;
const MAX_GROUPS = 50;

export type DecisionLog = (endpoint: Endpoint, outcome: Outcome, durations: StageDurations) => void;

/**
 * Makes the function that writes one line per answered review of eni-config, and per judged restart
 * of Terway: who, what, verdict and why, also as one sentence. Fields are picked one by one from
 * values that hold no document text, so a secret cannot slip in with a whole request. Findings bring
 * their messages, but for those about eni_conf.
 */
export function createDecisionLog(log: Logger): DecisionLog {
  const changedKeys = createChangedKeys();
  return (endpoint, outcome, durations) => {
    const { request, verdict, object, response, facts, exemption } = outcome;
    const { change, restart } = request ?? {};
    // A review of something else, or a restart gate that could not read its review.
    if (!change && !restart && outcome.unreadable === undefined) return;
    const keys = change && changedKeys(change);
    log[response.allowed ? 'info' : 'warn'](
      {
        schema: LOG_SCHEMA,
        decision: restart ? 'restart' : 'review',
        endpoint,
        uid: nameOf(response.uid),
        operation: change?.operation,
        configMap: nameOf(change?.overlay?.name),
        dryRun: request?.dryRun,
        daemonSet: restart && printable(restart.daemonSet),
        ...(request && whoOf(request.user)),
        fieldManager: nameOf(request?.fieldManager),
        exemption: exemption && exemptionInWords(exemption),
        breakGlass: opened(outcome),
        verdict: response.allowed ? 'allow' : 'deny',
        ...(restart ? { stored: storedVerdict(outcome) } : { unmodified: base(endpoint, outcome) }),
        ...(verdict && toFindingFields(verdict.findings, object)),
        unreadable: outcome.unreadable,
        failure: outcome.failure,
        changed: keys?.changed,
        changedOmitted: keys?.omitted,
        injected: outcome.injected,
        facts: facts && summarizeFacts(facts),
        durationMs: restart ? { total: durations.total } : durations,
      },
      sentence(endpoint, outcome),
    );
  };
}

/** `deny UPDATE by alice: plugin-typo`; of a write let through, what it would be refused for. */
function sentence(endpoint: Endpoint, outcome: Outcome): string {
  const { request, response, verdict, unreadable, failure, objections = [], injected } = outcome;
  const what = request && whatOf(request);
  const user = request?.user;
  const told = objections.length > 0 ? objections : (verdict?.findings ?? []);
  const why =
    unreadable ?? failure ?? injected?.join(', ') ?? (told.length > 0 ? rulesIn(told) : undefined);
  return [
    response.allowed ? 'allow' : 'deny',
    ...(what === undefined ? ['a review that could not be read'] : [what]),
    ...(user === undefined ? [] : [`by ${printable(user.name, MAX_NAME_LENGTH)}`]),
    ...(endpoint === 'mutate' ? ['(mutate)'] : []),
  ]
    .join(' ')
    .concat(why === undefined || why === '' ? '' : `: ${why}`);
}

/** A name that its owner chose, for a line; undefined where there is none. */
const nameOf = (name: string | undefined) =>
  name === undefined ? undefined : printable(name, MAX_NAME_LENGTH);

/** The author of a request, as fields of a line. */
function whoOf({ name, groups }: User) {
  return {
    user: printable(name, MAX_NAME_LENGTH),
    groups: groups.slice(0, MAX_GROUPS).map((group) => printable(group, MAX_NAME_LENGTH)),
  };
}

/** A request that this write set, and that lets others go past the guard from now on. */
function opened({ breakGlass }: Outcome): string | undefined {
  return breakGlass?.status === 'opened'
    ? `until ${breakGlass.until}: ${breakGlass.reason}`
    : undefined;
}

/** Whether Terway can restart on the stored object; undefined when it was not judged. */
function storedVerdict({ verdict, objections = [] }: Outcome): 'allow' | 'deny' | undefined {
  return verdict && (objections.length === 0 ? 'allow' : 'deny');
}

/**
 * The verdict on a write with no mode, no weaker setting of a rule and no exemption. What can't be
 * judged is refused where writes are refused; the mutating webhook leaves that to the other.
 */
function base(
  endpoint: Endpoint,
  { verdict, unreadable, failure }: Outcome,
): 'allow' | 'deny' | undefined {
  if (verdict) {
    const isRefusal = verdict.findings.some(({ baseSeverity }) => baseSeverity === 'deny');
    return isRefusal ? 'deny' : 'allow';
  }
  return endpoint === 'validate' && (unreadable ?? failure) !== undefined ? 'deny' : undefined;
}

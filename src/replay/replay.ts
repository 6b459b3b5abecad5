import { ADMISSION_VERSION, readReview } from '../admission/request.ts';
import { type Verdict, decide } from '../engine/core/decide.ts';
import { type ConfigMap, GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { exemptionOf } from '../engine/core/exemption.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Policy } from '../engine/core/policy.ts';
import { review } from '../engine/rules/index.ts';
import { type AuditEvent, eventsIn } from './audit-event.ts';
import { type RebuiltWrite, WriteChain } from './chain.ts';

export interface ReplaySettings {
  readonly facts: Facts;
  readonly policy: Policy;
}

export type Answer = 'allowed' | 'refused';

/** A past write that would be answered otherwise now. */
export interface ChangedAnswer {
  readonly event: AuditEvent;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly then: Answer;
  readonly now: Answer;
  readonly verdict: Verdict;
  /** The object as it was to be stored; undefined for a DELETE. */
  readonly object: ConfigMap | undefined;
  /** It bears break-glass annotations: whether they would let it through is not replayed. */
  readonly hasBreakGlass: boolean;
}

export interface Replay {
  /** Writes of eni-config found. */
  readonly writes: number;
  /** Of those, the ones that would be answered as they were. */
  readonly same: Readonly<Record<Answer, number>>;
  readonly changed: readonly ChangedAnswer[];
  /** Changed answers beyond those listed. */
  readonly changedOmitted: number;
  /** By now's answer, those beyond the list included. */
  readonly becomes: Readonly<Record<Answer, number>>;
  /** Why writes could not be judged, and how many for each reason. */
  readonly unjudged: ReadonlyMap<string, number>;
}

/** An audit log of years may hold thousands, too many to read. */
const MAX_CHANGED = 100;

const BROKEN_LINE = 'its line is not valid JSON';

/** Runs past writes, told line by line, through the rules. */
export async function replay(
  lines: AsyncIterable<string>,
  settings: ReplaySettings,
): Promise<Replay> {
  const chain = new WriteChain();
  const same = { allowed: 0, refused: 0 };
  const becomes = { allowed: 0, refused: 0 };
  const changed: ChangedAnswer[] = [];
  const unjudged = new Map<string, number>();
  let writes = 0;
  const leave = (why: string) => unjudged.set(why, (unjudged.get(why) ?? 0) + 1);
  for await (const line of lines) {
    const events = read(line);
    if (!events) {
      writes += 1;
      leave(BROKEN_LINE);
      continue;
    }
    for (const event of events) {
      const write = chain.next(event);
      if (!write) continue;
      writes += 1;
      const outcome = judge(event, write, settings);
      if (typeof outcome === 'string') leave(outcome);
      else if (outcome.then === outcome.now) same[outcome.now] += 1;
      else {
        becomes[outcome.now] += 1;
        if (changed.length < MAX_CHANGED) changed.push(outcome);
      }
    }
  }
  const total = becomes.allowed + becomes.refused;
  return { writes, same, changed, changedOmitted: total - changed.length, becomes, unjudged };
}

/** Undefined for a line that is broken off; one about another object is parsed for nothing. */
function read(line: string): readonly AuditEvent[] | undefined {
  try {
    return eventsIn(line);
  } catch {
    return line.includes('"configmaps"') ? undefined : [];
  }
}

/** The answers then and now, or why they can't be compared. */
function judge(
  event: AuditEvent,
  write: RebuiltWrite,
  { facts, policy }: ReplaySettings,
): ChangedAnswer | string {
  const then = answerThen(event);
  if (then === undefined) return `it failed for another reason (status ${event.code})`;
  if ('unjudged' in write) return write.unjudged;
  const request = requestOf(event, write);
  if (!request?.change) return 'its objects are no ConfigMap';
  const { change, user } = request;
  const { rules, mode } = policy;
  const exemption = exemptionOf(user, policy);
  const verdict = decide(review(change, facts, policy), { rules, mode, exemption });
  return {
    event,
    operation: change.operation,
    then,
    now: verdict.allowed ? 'allowed' : 'refused',
    verdict,
    object: change.new,
    hasBreakGlass: (change.new ?? change.old)?.breakGlass !== undefined,
  };
}

/**
 * What became of it: a refusal counts only when it is the guard's own, which names its rules as
 * `eni-config-guard/...`; a missing right or a conflict says nothing of the object.
 */
function answerThen({ code, message }: AuditEvent): Answer | undefined {
  if (code >= 200 && code < 300) return 'allowed';
  return message.includes(RULE_PREFIX) ? 'refused' : undefined;
}

const RULE_PREFIX = 'eni-config-guard/';

/** The review that the API server would send of it. */
function requestOf(event: AuditEvent, write: Exclude<RebuiltWrite, { unjudged: string }>) {
  const { operation, object, oldObject } = write;
  const { auditId, dryRun, fieldManager, user } = event;
  try {
    return readReview({
      kind: 'AdmissionReview',
      apiVersion: ADMISSION_VERSION,
      request: {
        uid: auditId === '' ? 'unknown' : auditId,
        operation,
        namespace: GUARDED_NAMESPACE,
        name: GUARDED_NAME,
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        object,
        oldObject,
        dryRun,
        userInfo: user,
        options: { fieldManager },
      },
    });
  } catch {
    return undefined;
  }
}

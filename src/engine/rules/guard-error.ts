import type { RuleInfo } from '../core/rule.ts';
import { prose } from '../core/fix.ts';

/** The finding that replaces those of a rule that threw an error; it has no check of its own. */
export const GUARD_ERROR = {
  id: 'guard-error',
  title: 'The guard itself failed',
  why: 'A rule threw an error. The write is refused because it was not checked; the failure is a defect of eni-config-guard, not of the change.',
  fix: prose(
    'please report it with the rule id and the chain; to save the change unchecked, switch the rule off (rules: {<rule id>: off})',
  ),
  severity: 'deny',
  impact: 'outage',
  reason: 'InternalError',
} as const satisfies RuleInfo;

import type { RuleInfo } from '../core/rule.ts';

/** What the catalogue says of a rule, beside its id. */
export type RuleText = Omit<RuleInfo, 'id'>;

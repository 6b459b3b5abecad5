import type { RuleInfo } from '../core/rule.ts';
import type { RuleText } from './rule-text.ts';
import { BYPASS_RULES } from './rules/bypass.ts';
import { CHAIN_RULES } from './rules/chain.ts';
import { ENI_CONF_RULES } from './rules/eni-conf.ts';
import { FIELD_RULES } from './rules/fields.ts';
import { JSON_RULES } from './rules/json.ts';
import { OBJECT_RULES } from './rules/object.ts';
import { PLUGIN_RULES } from './rules/plugins.ts';

/**
 * Every rule in words, family by family. An id is stable and never reused: policies, logs and
 * dashboards name it. Retired ids stay listed here: none so far.
 */
const RULES = {
  ...OBJECT_RULES,
  ...JSON_RULES,
  ...CHAIN_RULES,
  ...FIELD_RULES,
  ...PLUGIN_RULES,
  ...ENI_CONF_RULES,
  ...BYPASS_RULES,
  'guard-error': {
    title: 'The guard itself failed',
    why: 'A rule threw an error. The write is refused because it was not checked; the failure is a defect of eni-config-guard, not of the change.',
    fix: 'please report it with the rule id and the chain; to save the change unchecked, switch the rule off (rules: {<rule id>: off})',
    severity: 'deny',
    reason: 'InternalError',
  },
} as const satisfies Record<string, RuleText>;

export type RuleId = keyof typeof RULES;

/** The rules of the catalogue by id. */
export const RULE_INFO = Object.fromEntries(
  Object.entries(RULES).map(([id, info]) => [id, { id, ...info }]),
) as Record<RuleId, RuleInfo>;

/** All rule ids, in the order of the catalogue. */
export const RULE_IDS = Object.keys(RULES) as RuleId[];

import type { RuleText } from '../rule-text.ts';

/** Rules about break-glass, the annotations that let through what would be refused. */
export const BYPASS_RULES = {
  'bypass-refused': {
    title: 'Break-glass is for those who may, and for a bounded time',
    why: 'eni-config-guard/bypass-reason and eni-config-guard/bypass-until count for a write only while the end is in the future, at most breakGlass.maxMinutes ahead, and only if the writer has the right to the verb bypass on this ConfigMap. Annotations that count for nothing would be trusted when it matters, so setting them is refused. Those that expired where they stand hinder no other edit.',
    fix: 'remove both annotations, or let somebody write who may: kubectl auth can-i bypass configmaps/eni-config -n kube-system',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'bypass-open': {
    title: 'Break-glass is open',
    why: 'Until the time in eni-config-guard/bypass-until nothing is refused to those who have the right to the verb bypass on this ConfigMap. What would be refused is told as a warning, and every use is recorded.',
    fix: 'remove both annotations as soon as the change is made',
    severity: 'warn',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
} as const satisfies Record<string, RuleText>;

import {
  ADMISSION_POLICY_RULES,
  type AdmissionPolicyRule,
} from '../../src/engine/rules/admission-policy.ts';
import { RULE_INFO } from '../../src/engine/rules/index.ts';

/**
 * The validations of the ValidatingAdmissionPolicy as a named template. A rule that the
 * configuration keeps from refusing is left out, so that floor and guard agree.
 */
export function renderFloor(): string {
  return [
    '{{/* Made from src/engine/rules by `npm run chart`; edits here are lost. */}}',
    '{{- define "eni-config-guard.floor" }}',
    ...ADMISSION_POLICY_RULES.flatMap(renderRule),
    '{{- end }}',
    '',
  ].join('\n');
}

function renderRule({ rule, expression }: AdmissionPolicyRule): string[] {
  const { severity } = RULE_INFO[rule];
  return [
    `{{- if eq (include "eni-config-guard.severity" (list "${rule}" "${severity}" .)) "deny" }}`,
    `- expression: ${JSON.stringify(expression)}`,
    `  message: ${JSON.stringify(messageOf(rule))}`,
    '{{- end }}',
  ];
}

/** One line, as Kubernetes wants it; it must be enough for a reader while no guard answers. */
function messageOf(rule: AdmissionPolicyRule['rule']): string {
  const { title, why, fix } = RULE_INFO[rule];
  return (
    `${title}. ${why} fix: ${fix.text}. rule: eni-config-guard/${rule}. ` +
    'Let through: programs in config.exempt of the chart, people with break-glass. ' +
    'Held by the API server itself; to lift it: ' +
    'kubectl delete validatingadmissionpolicybinding eni-config-guard'
  );
}

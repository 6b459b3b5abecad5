import type { RuleText } from '../rule-text.ts';

/** Rules about the daemon's configuration. */
export const ENI_CONF_RULES = {
  'eni-conf-shape': {
    title: 'eni_conf is a JSON object',
    why: 'nodeconfig in the init container fails on anything else.',
    fix: 'restore the object',
    severity: 'deny',
    reason: 'FieldValueTypeInvalid',
  },
  'eni-conf-protected': {
    title: 'Some members of eni_conf are not to be changed',
    why: 'ACK documents credential_path, service_cidr, eni_tags and ip_stack as not changeable.',
    fix: 'put the old value back',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'eni-conf-limits': {
    title: "Members of eni_conf stay within ACK's limits",
    why: 'ACK allows at most 10 security groups, and the client limits only as a pair with burst above qps.',
    fix: 'correct the values',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'eni-conf-idle': {
    title: 'A value of eni_conf does not do what it says',
    why: 'Terway replaces it by another one without a word.',
    fix: 'write the value that is meant',
    severity: 'warn',
    reason: 'FieldValueInvalid',
    isIdle: true,
  },
} as const satisfies Record<string, RuleText>;

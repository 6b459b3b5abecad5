import type { RuleText } from '../rule-text.ts';

/** Rules about single parameters, whatever the program. */
export const FIELD_RULES = {
  'field-version': {
    title: 'A parameter must be known to the installed version',
    why: 'Plugins ignore members that they do not know, so the setting would silently do nothing (or, for a value, fail every new pod). Nodes that are known to differ are judged one by one; a version that is only estimated warns and refuses nothing.',
    fix: 'upgrade the component or remove the parameter',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'field-type': {
    title: 'A known parameter has the JSON type its program reads',
    why: 'Go programs decode into typed fields: a text where a boolean or number belongs makes the program refuse its whole configuration, or ignore the member.',
    fix: 'write the value in the type that is asked for',
    severity: 'deny',
    reason: 'FieldValueTypeInvalid',
  },
  'field-value': {
    title: 'A known parameter has a value its program accepts',
    why: 'The program refuses its configuration when it meets the value, so pods (or nodes) get no network.',
    fix: 'choose a value that is accepted',
    severity: 'deny',
    reason: 'FieldValueNotSupported',
  },
  'field-reserved': {
    title: 'Members of the container runtime stay out of the chain',
    why: 'runtimeConfig, args, prevResult and names that begin with cni.dev/ are filled in by the container runtime for each pod; what stands in the configuration is overwritten or breaks the plugin. The CNI specification forbids it.',
    fix: 'remove the member',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'field-unknown': {
    title: 'A parameter that the program does not know has no effect',
    why: 'CNI plugins and Terway ignore members that they do not know, without a word.',
    fix: 'remove the member or correct its name',
    severity: 'warn',
    reason: 'FieldValueNotSupported',
    isIdle: true,
  },
} as const satisfies Record<string, RuleText>;

import type { RuleText } from '../rule-text.ts';

/** Rules about the texts as JSON. */
export const JSON_RULES = {
  'json-syntax': {
    title: 'The text must be valid JSON',
    why: 'terway-cli refuses the file in the init container, so every Terway pod that starts from now on fails. An empty text counts as invalid.',
    fix: 'mend the place as the finding says; it names the syntax error',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-number': {
    title: 'Numbers must fit into a 64-bit float',
    why: 'Terway reads every number as a float64 and refuses the whole document when one does not fit.',
    fix: 'write a smaller number',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-depth': {
    title: 'JSON must not be nested out of reason',
    why: 'Readers give up on deep nesting, each at a depth of its own; no plugin needs more than a few levels.',
    fix: 'remove the nesting',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-size': {
    title: 'The text must fit into a ConfigMap',
    why: 'The API server stores at most 1 MiB in one ConfigMap.',
    fix: 'shorten the text',
    severity: 'deny',
    reason: 'FieldValueTooLong',
  },
  'json-duplicate': {
    title: 'A member must not stand twice in one object',
    why: 'Of two members with one name the last wins, silently; for plugins even letter case does not tell them apart.',
    fix: 'keep one of them',
    severity: 'deny',
    reason: 'FieldValueDuplicate',
    isIdle: true,
  },
  'json-name-case': {
    title: 'Members should be spelt as the plugin spells them',
    why: 'CNI plugins accept any letter case, so the member counts; Terway itself (also its daemon reading eni_conf) and people searching for it do not see it.',
    fix: 'use the spelling of the plugin',
    severity: 'warn',
    reason: 'FieldValueInvalid',
    isIdle: true,
  },
} as const satisfies Record<string, RuleText>;

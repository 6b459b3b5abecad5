import type { RuleInfo } from '../engine/core/rule.ts';
import { closest } from '../engine/reading/suggest.ts';
import { RULE_IDS, RULE_INFO, type RuleId } from '../engine/rules/index.ts';
import { quoted } from '../engine/text/text.ts';
import { RULE_PAGES } from '../generated/rule-pages.js';
import { defineCommand } from './frame/command.ts';
import { OUTPUT } from './frame/flags.ts';
import { table } from './frame/help.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const EXPLAIN_SCHEMA = 1;

export const command = defineCommand(
  {
    operands: '[RULE]',
    operandWords: RULE_IDS,
    details:
      'RULE is the word that a finding ends with. Its page says what goes wrong and how to mend it, with\n' +
      'a good and a bad example. Without one, all rules are listed.',
    flags: OUTPUT,
    examples: ['explain', 'explain plugin-typo'],
  },
  async ({ operands: [word, ...more], flags: { output } }) => {
    if (more.length > 0) throw new UsageError('explain takes one RULE, or none');
    const id = word === undefined ? undefined : ruleNamed(word);
    if (output === 'json') await print(asJson(id));
    else await print(id === undefined ? listOfRules() : pageOf(id));
    return 0;
  },
);

/** A finding names its rule as `eni-config-guard/ID`, too. */
function ruleNamed(word: string): RuleId {
  const name = word.replace(/^eni-config-guard\//, '');
  const id = RULE_IDS.find((known) => known === name);
  if (id) return id;
  const meant = closest(name, RULE_IDS);
  const hint =
    meant === undefined ? 'eni-config-guard explain lists them' : `did you mean ${meant}?`;
  throw new UsageError(`there is no rule ${quoted(word)}; ${hint}`);
}

function listOfRules(): string {
  const rows = RULE_IDS.map((id) => {
    const { title, severity } = RULE_INFO[id];
    return [id, `${severity}  ${title}`] as const;
  });
  return `${table(rows)}\n`;
}

const pageOf = (id: RuleId) => RULE_PAGES[id] ?? '';

function asJson(id: RuleId | undefined): string {
  const rules = id === undefined ? RULE_IDS.map(briefly) : [inFull(id)];
  return `${JSON.stringify({ schema: EXPLAIN_SCHEMA, rules }, null, 2)}\n`;
}

function briefly(id: RuleId) {
  const { title, severity, impact } = RULE_INFO[id];
  return { id, title, severity, impact };
}

function inFull(id: RuleId) {
  const { why, fix, settings = [] }: RuleInfo = RULE_INFO[id];
  return { ...briefly(id), why, remedy: fix.text, settings, page: pageOf(id) };
}

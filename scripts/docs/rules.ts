import { stringify } from 'yaml';
import type { RuleInfo } from '../../src/engine/core/rule.ts';
import { describeFinding, fieldOf } from '../../src/engine/report/finding-text.ts';
import { RULE_IDS, RULE_INFO, type RuleId } from '../../src/engine/rules/index.ts';
import { type ChineseRule, chineseRules, englishOf } from './chinese-rules.ts';
import {
  type Example,
  type Patch,
  type RuleExamples,
  exampleCluster,
  ruleExamples,
} from './examples.ts';
import { CHINESE } from './rule-words/chinese.ts';
import { ENGLISH } from './rule-words/english.ts';
import type { RuleWords, SaidOfRule } from './rule-words/words.ts';
import { sentencesOf } from './sentences.ts';
import { STALE_NOTICE } from './translations.ts';

/**
 * A page for each rule and the list of them, in English and Chinese: what they say comes from the
 * rules, their Chinese words and their examples.
 */
export function renderRules(): Readonly<Record<string, string>> {
  const examples = ruleExamples();
  const chinese = chineseRules();
  return Object.fromEntries([
    ['rules/README.md', renderIndex(ENGLISH, NOTE, englishOf)],
    ['rules/README.zh.md', renderIndex(CHINESE, NOTE_OF_CHINESE, chineseOf(chinese))],
    ...RULE_IDS.map((id) => [
      `rules/${id}.md`,
      renderRule(id, ENGLISH, [NOTE], englishOf(id), examples.get(id)),
    ]),
    ...chinese.map((rule) => [
      `rules/${rule.id}.zh.md`,
      renderRule(rule.id, CHINESE, headOf(rule), saidIn(rule), examples.get(rule.id)),
    ]),
  ]) as Readonly<Record<string, string>>;
}

const NOTE =
  '<!-- Made from src/engine/rules and docs/rules/examples by `npm run docs`; edits here are lost. -->';
const NOTE_OF_CHINESE =
  '<!-- Made from docs/rules/chinese.yaml and docs/rules/examples by `npm run docs`; edits here are lost. -->';
const UNTRANSLATED_NOTICE = '> 本规则的说明尚未译成中文。';

/** What stands above the page of a rule, the hash that it was made from with it. */
function headOf({ id, translated, isStale }: ChineseRule): string[] {
  if (!translated) return [NOTE_OF_CHINESE, UNTRANSLATED_NOTICE];
  const madeFrom = `<!-- Translated from the words of ${id}, sha256 ${translated.from} -->`;
  return [`${NOTE_OF_CHINESE}\n${madeFrom}`, ...(isStale ? [STALE_NOTICE] : [])];
}

const saidIn = ({ id, translated }: ChineseRule): SaidOfRule => translated ?? englishOf(id);

function chineseOf(rules: readonly ChineseRule[]): (id: RuleId) => SaidOfRule {
  const said = new Map(rules.map((rule) => [rule.id, saidIn(rule)]));
  return (id) => said.get(id) ?? englishOf(id);
}

const page = (...parts: readonly string[]) => `${parts.join('\n\n')}\n`;

/** A link to the same page in the other language. */
const otherLanguage = (name: string, words: RuleWords) =>
  words.otherLanguage(`${name}${words === ENGLISH ? CHINESE.ending : ENGLISH.ending}`);

function renderIndex(words: RuleWords, note: string, said: (id: RuleId) => SaidOfRule): string {
  const rows = RULE_IDS.map((id) => {
    const { severity, impact } = RULE_INFO[id];
    return `| [${id}](${id}${words.ending}) | ${severity} | ${impact} | ${said(id).title} |`;
  });
  const { facts, stored } = exampleCluster();
  return page(
    words.index,
    note,
    otherLanguage('README', words),
    words.aboutRules,
    [words.columns, '| --- | --- | --- | --- |', ...rows].join('\n'),
    words.impacts,
    words.cluster,
    words.aboutCluster(facts),
    patchText(stored, words),
  );
}

function renderRule(
  id: RuleId,
  words: RuleWords,
  head: readonly string[],
  said: SaidOfRule,
  examples: RuleExamples | undefined,
): string {
  const info: RuleInfo = RULE_INFO[id];
  return page(
    `# ${id}`,
    ...head,
    otherLanguage(id, words),
    words.said(said, info),
    ...(examples ? examplesText(id, examples, words) : [words.withoutExample]),
    ...sentencesText(id, words),
    settingsText(info, words),
  );
}

function examplesText(id: RuleId, examples: RuleExamples, words: RuleWords): string[] {
  const { severity } = RULE_INFO[id];
  return [
    words.bad[severity],
    words.circumstances(examples, isAbridged(examples)),
    ...(examples.stored ? [words.stored, patchText(examples.stored, words)] : []),
    writeText(examples, examples.bad, words),
    words.theGuardSays,
    fenced('text', saying(id, examples.bad)),
    words.good[severity],
    writeText(examples, examples.good, words),
  ];
}

/** What programs say when it happens, each sentence once. */
function sentencesText(id: RuleId, words: RuleWords): string[] {
  const said = sentencesOf(id);
  return said.length === 0 ? [] : [words.happens, fenced('text', said.join('\n\n'))];
}

const isAbridged = ({ bad, good }: RuleExamples) =>
  [bad, good].some(({ patch }) => JSON.stringify(patch).includes('<<'));

function writeText(
  { operation, overlay, stored }: RuleExamples,
  { patch }: Example,
  words: RuleWords,
): string {
  if (patch === 'DELETE') return words.deleted;
  const isAlone = operation === 'CREATE' || stored === undefined;
  const lead =
    operation === 'CREATE' && overlay
      ? words.newObject
      : operation === 'CREATE'
        ? words.storedObjectWith
        : isAlone
          ? ''
          : words.theWrite;
  return [...(lead === '' ? [] : [lead]), patchText(patch, words)].join('\n\n');
}

/** The finding as clients show it. */
function saying(id: RuleId, { change, verdict }: Example): string {
  const finding = verdict.findings.find(({ rule }) => rule === id);
  if (!finding) throw new Error(`docs/rules/examples/${id}.yaml: the rule does not speak`);
  return `${fieldOf(finding)}: ${describeFinding(finding, change.new)}`
    .split('\n')
    .map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}...` : line))
    .join('\n');
}

/** Longer lines quote a text that no page has room for. */
const MAX_LINE = 200;

/** What a write changes: each key with its text, all else as YAML. */
function patchText({ data = {}, ...rest }: Patch, words: RuleWords): string {
  const texts = Object.entries(data).map(([key, text]) =>
    text === null
      ? words.removed(key)
      : `\`${key}\`:\n\n${fenced(languageOf(key), text.replace(/\n$/, ''))}`,
  );
  const others = Object.keys(rest).length === 0 ? [] : [fenced('yaml', stringify(rest).trimEnd())];
  return [...others, ...texts].join('\n\n');
}

function languageOf(key: string): string {
  if (key === 'cni_chain') return 'yaml';
  return key.startsWith('10-terway') || key === 'eni_conf' ? 'json' : 'text';
}

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

function settingsText({ id, settings = [] }: RuleInfo, words: RuleWords): string {
  return [
    `${words.settings}\n`,
    `- \`rules: {${id}: off | audit | warn | deny}\``,
    ...settings.map((key) => `- ${words.setting(key)}`),
  ].join('\n');
}

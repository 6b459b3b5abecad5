import { stringify } from 'yaml';
import type { Impact } from '../../src/engine/core/finding.ts';
import type { RuleInfo, RuleSettingKey } from '../../src/engine/core/rule.ts';
import { describeFinding, fieldOf } from '../../src/engine/report/finding-text.ts';
import { RULE_IDS, RULE_INFO, type RuleId } from '../../src/engine/rules/index.ts';
import { count, listed } from '../../src/engine/text/text.ts';
import {
  type Example,
  type Patch,
  type RuleExamples,
  type StatedFacts,
  type StatedOverlay,
  type StatedPolicy,
  exampleCluster,
  ruleExamples,
} from './examples.ts';

/** A page for each rule, and the list of them: what they say comes from the rules and their examples. */
export function renderRules(): Readonly<Record<string, string>> {
  const examples = ruleExamples();
  const pages = RULE_IDS.map((id) => [`rules/${id}.md`, renderRule(id, examples.get(id))] as const);
  return { 'rules/README.md': renderIndex(), ...Object.fromEntries(pages) };
}

const NOTE =
  '<!-- Made from src/engine/rules and docs/rules/examples by `npm run docs`; edits here are lost. -->';

const page = (...parts: readonly string[]) => `${parts.join('\n\n')}\n`;

function renderIndex(): string {
  const rows = RULE_IDS.map((id) => {
    const { title, severity, impact } = RULE_INFO[id];
    return `| [${id}](${id}.md) | ${severity} | ${impact} | ${title} |`;
  });
  const { facts, stored } = exampleCluster();
  return page(
    '# Rules',
    NOTE,
    'Every finding names its rule. `rules: {<id>: off | audit | warn | deny}` in the configuration ' +
      'changes what a rule does. A document that a write leaves byte for byte as it was is not ' +
      'held against the writer: its old problems become warnings. ' +
      '`eni-config-guard explain RULE` prints a page of these.',
    ['| rule | default | impact | what it asks for |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    `Impact: with \`outage\` ${IMPACTS.outage}; with \`no-effect\` ${IMPACTS['no-effect']}.`,
    '## The cluster of the examples',
    'The examples are writes of one eni-config on one cluster. A page says where its own are ' +
      'otherwise. A test holds each to what the guard says of it.',
    `It has ${factsText(facts)}. Writes are made at 12:00 on 2026-01-01 (UTC), by one who may use ` +
      'break-glass. This is stored:',
    patchText(stored),
  );
}

const IMPACTS: Readonly<Record<Impact, string>> = {
  outage: 'pods or nodes fail to start, or may fail',
  'no-effect': 'pods and nodes start all the same, and what it is about is ignored',
};

function renderRule(id: RuleId, examples: RuleExamples | undefined): string {
  const { title, why, fix, severity, impact }: RuleInfo = RULE_INFO[id];
  return page(
    `# ${id}`,
    NOTE,
    `**${title}.**`,
    `Default: ${severity}. Impact: ${impact}: ${IMPACTS[impact]}.`,
    why,
    `Remedy: ${fix.text}.`,
    ...(examples ? examplesText(id, examples) : ['No write makes it speak, so it has no example.']),
    settingsText(id),
  );
}

function examplesText(id: RuleId, examples: RuleExamples): string[] {
  const { severity } = RULE_INFO[id];
  return [
    severity === 'deny' ? '## Refused' : '## Warned about',
    circumstances(examples),
    ...(examples.stored ? ['Stored:', patchText(examples.stored)] : []),
    writeText(examples, examples.bad),
    'The guard says:',
    fenced('text', saying(id, examples.bad)),
    severity === 'deny' ? '## Accepted' : '## Without this warning',
    writeText(examples, examples.good),
  ];
}

function circumstances({ overlay, facts, policy, bad, good }: RuleExamples): string {
  const isAbridged = [bad, good].some(({ patch }) => JSON.stringify(patch).includes('<<'));
  return [
    'On [the cluster of the examples](README.md#the-cluster-of-the-examples)',
    ...(facts ? [`, but with ${factsText(facts)}`] : []),
    ...(overlay ? [`, in a ConfigMap pool-a that ${nodesText(overlay)}`] : []),
    ...(policy ? [`, with ${policyText(policy)} in the configuration`] : []),
    isAbridged ? '; `<<3 times x>>` stands for `xxx`:' : ':',
  ].join('');
}

function nodesText({ nodes, isBaseUnknown }: StatedOverlay): string {
  const named = `${count(nodes, 'node')} ${nodes === 1 ? 'names' : 'name'}`;
  return isBaseUnknown ? `${named}, while eni-config can't be read` : named;
}

function writeText({ operation, overlay, stored }: RuleExamples, { patch }: Example): string {
  if (patch === 'DELETE') return 'The object is deleted.';
  const isAlone = operation === 'CREATE' || stored === undefined;
  const lead =
    operation === 'CREATE' && overlay
      ? 'A new object:'
      : operation === 'CREATE'
        ? 'A new object: the stored one, with'
        : isAlone
          ? ''
          : 'The write:';
  return [...(lead === '' ? [] : [lead]), patchText(patch)].join('\n\n');
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
function patchText({ data = {}, ...rest }: Patch): string {
  const texts = Object.entries(data).map(([key, text]) =>
    text === null
      ? `\`${key}\` is removed.`
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

function factsText(facts: StatedFacts): string {
  const { terway, plugins = {}, kubeProxyMode, exclusiveEniNodes, nodesWithout = {} } = facts;
  const versions = new Map<string, string[]>();
  for (const [type, version] of Object.entries(plugins)) {
    versions.set(version, [...(versions.get(version) ?? []), type]);
  }
  return listed(
    [
      ...(terway === undefined ? [] : [`Terway ${terway}`]),
      ...[...versions].map(([version, types]) => `${types.join(', ')} ${version}`),
      ...(kubeProxyMode === undefined ? [] : [`kube-proxy in mode ${kubeProxyMode}`]),
      ...(exclusiveEniNodes === undefined
        ? []
        : [`${count(exclusiveEniNodes, 'node')} in exclusive-ENI mode`]),
      ...Object.entries(nodesWithout).map(
        ([type, number]) => `${count(number, 'node')} without the binary ${type}`,
      ),
    ],
    'and',
  );
}

function policyText({ firstEntry, rules }: StatedPolicy): string {
  const parts = [
    ...(firstEntry ? [`\`firstEntry: ${firstEntry}\``] : []),
    ...Object.entries(rules ?? {}).map(([id, setting]) => `\`rules: {${id}: ${setting}}\``),
  ];
  return listed(parts, 'and');
}

const SETTINGS: Readonly<Record<RuleSettingKey, string>> = {
  firstEntry: 'how much the first entry may differ from 10-terway.conf',
  onUnknownVersion: 'what is done where the version is not known',
  minimumVersions: 'versions that replace those which the guard asks for',
  'breakGlass.maxMinutes': 'how far ahead break-glass may be set to end',
};

function settingsText(id: RuleId): string {
  const { settings = [] }: RuleInfo = RULE_INFO[id];
  return [
    '## Settings\n',
    `- \`rules: {${id}: off | audit | warn | deny}\``,
    ...settings.map((key) => `- \`${key}\`: ${SETTINGS[key]}`),
  ].join('\n');
}

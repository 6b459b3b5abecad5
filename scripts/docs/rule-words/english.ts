import type { RuleSettingKey } from '../../../src/engine/core/rule.ts';
import { count, listed } from '../../../src/engine/text/text.ts';
import type { StatedFacts, StatedOverlay, StatedPolicy } from '../examples.ts';
import { type ImpactTexts, type RuleWords, typesByVersion } from './words.ts';

const IMPACTS: ImpactTexts = {
  outage: 'pods or nodes fail to start, or may fail',
  'no-effect': 'pods and nodes start all the same, and what it is about is ignored',
};

const SETTINGS: Readonly<Record<RuleSettingKey, string>> = {
  firstEntry: 'how much the first entry may differ from 10-terway.conf',
  onUnknownVersion: 'what is done where the version is not known',
  minimumVersions: 'versions that replace those which the guard asks for',
  'breakGlass.maxMinutes': 'how far ahead break-glass may be set to end',
};

export const ENGLISH: RuleWords = {
  ending: '.md',
  otherLanguage: (page) => `[中文](${page})`,

  said: ({ title, why, remedy }, { severity, impact }) =>
    [
      `**${title}.**`,
      `Default: ${severity}. Impact: ${impact}: ${IMPACTS[impact]}.`,
      why,
      `Remedy: ${remedy}.`,
    ].join('\n\n'),
  withoutExample: 'No write makes it speak, so it has no example.',
  bad: { deny: '## Refused', warn: '## Warned about' },
  good: { deny: '## Accepted', warn: '## Without this warning' },
  circumstances: ({ overlay, facts, policy }, isAbridged) =>
    [
      'On [the cluster of the examples](README.md#the-cluster-of-the-examples)',
      ...(facts ? [`, but with ${factsText(facts)}`] : []),
      ...(overlay ? [`, in a ConfigMap pool-a that ${nodesText(overlay)}`] : []),
      ...(policy ? [`, with ${policyText(policy)} in the configuration`] : []),
      isAbridged ? '; `<<3 times x>>` stands for `xxx`:' : ':',
    ].join(''),
  stored: 'Stored:',
  theWrite: 'The write:',
  newObject: 'A new object:',
  storedObjectWith: 'A new object: the stored one, with',
  deleted: 'The object is deleted.',
  removed: (key) => `\`${key}\` is removed.`,
  theGuardSays: 'The guard says:',
  happens:
    '## When it happens\n\nStored past the guard, it makes programs say so; ' +
    '[how that was seen](../claims.md):',
  settings: '## Settings',
  setting: (key) => `\`${key}\`: ${SETTINGS[key]}`,

  index: '# Rules',
  aboutRules:
    'Every finding names its rule. `rules: {<id>: off | audit | warn | deny}` in the configuration ' +
    'changes what a rule does. A document that a write leaves byte for byte as it was is not ' +
    'held against the writer: its old problems become warnings. ' +
    '`eni-config-guard explain RULE` prints a page of these.',
  columns: '| rule | default | impact | what it asks for |',
  impacts: `Impact: with \`outage\` ${IMPACTS.outage}; with \`no-effect\` ${IMPACTS['no-effect']}.`,
  cluster: '## The cluster of the examples',
  aboutCluster: (facts) =>
    'The examples are writes of one eni-config on one cluster. A page says where its own are ' +
    'otherwise. A test holds each to what the guard says of it.\n\n' +
    `It has ${factsText(facts)}. Writes are made at 12:00 on 2026-01-01 (UTC), by one who may use ` +
    'break-glass. This is stored:',
};

function nodesText({ nodes, isBaseUnknown }: StatedOverlay): string {
  const named = `${count(nodes, 'node')} ${nodes === 1 ? 'names' : 'name'}`;
  return isBaseUnknown ? `${named}, while eni-config can't be read` : named;
}

function factsText(facts: StatedFacts): string {
  const { terway, kubeProxyMode, exclusiveEniNodes, nodesWithout = {} } = facts;
  return listed(
    [
      ...(terway === undefined ? [] : [`Terway ${terway}`]),
      ...[...typesByVersion(facts)].map(([version, types]) => `${types.join(', ')} ${version}`),
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

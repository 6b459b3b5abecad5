import { FACT_TABLE, type FactRow, type FactSetting } from '../../src/engine/core/fact-table.ts';
import { MAX_NODE_NAMES } from '../../src/engine/core/facts.ts';

/** What the value of a fact is in JSON, by its shape. */
const VALUES: Readonly<Record<FactRow['shape'], string>> = {
  version: 'version',
  text: 'text',
  nodes: 'number of nodes',
  binaries: 'number of nodes',
};

const SOME_NAMES = `at most ${MAX_NODE_NAMES} of them`;

/** The fields of `facts --output json`; a test compares them with real output. */
const FIELDS: readonly (readonly [field: string, meaning: string])[] = [
  ['schema', '1; raised when a field goes or changes its meaning, new ones may come at any time'],
  ['asOf', 'the moment of the report, RFC 3339'],
  ['facts.*.value', 'the value, by the table above'],
  ['facts.*.origin', 'where it is known from, in words'],
  ['facts.*.learntAt', 'when it was learnt, RFC 3339; absent for what is configured or computed'],
  ['facts.*.ageSeconds', 'how old it was when it was reported'],
  ['facts.*.estimate', '`true`: guessed from something else, so it never denies'],
  [
    'facts.*.nodes[].version',
    'of a version known node by node: a version that nodes run; `null`: not known',
  ],
  ['facts.*.nodes[].count', 'how many nodes run it'],
  ['facts.*.nodes[].names[]', SOME_NAMES],
  ['facts.*.names[]', `of a number of nodes: ${SOME_NAMES}`],
  ['facts.*.present[]', 'of `probedNodes`: binaries found on at least one node'],
  ['facts.*.missing[].binary', 'of `probedNodes`: one of these that nodes lack'],
  ['facts.*.missing[].count', 'how many nodes lack it'],
  ['facts.*.missing[].names[]', SOME_NAMES],
  [
    'facts.*.truncatedOn.count',
    'of `probedNodes`: nodes with more binaries than their probe could name',
  ],
  ['facts.*.truncatedOn.names[]', SOME_NAMES],
  ['unknown[]', 'what could not be learnt, and why'],
];

export function renderFacts(): string {
  const rows = Object.values(FACT_TABLE).map(({ name, shape, meaning, learntFrom, setting }) =>
    row([`\`${name}\``, meaning, VALUES[shape], learntFrom, settingText(setting)]),
  );
  return [
    '# Facts',
    '<!-- Made from src/engine/core/fact-table.ts by `npm run docs`; edits here are lost. -->',
    'What the guard knows of a cluster. Every fact has one name, in [the log](log.md), in ' +
      '`eni-config-guard status` and in `eni-config-guard facts --output json`. A fact that could ' +
      'not be learnt is absent; no rule refuses for that alone unless `onUnknownVersion` is `deny`.',
    [
      row(['name', 'meaning', 'value', 'learnt from', 'configured by']),
      row(['---', '---', '---', '---', '---']),
      ...rows,
    ].join('\n'),
    'What is configured overrides what is learnt. What else a rule needs to know, such as the ' +
      'chain, is in the write itself.',
    '## eni-config-guard facts --output json',
    'One JSON object. It learns everything afresh; exit status 2 when nothing can be read.',
    [
      row(['field', 'meaning']),
      row(['---', '---']),
      ...FIELDS.map(([field, meaning]) => row([`\`${field}\``, meaning])),
      '',
    ].join('\n'),
  ].join('\n\n');
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function settingText(setting: FactSetting | undefined): string {
  if (!setting) return '-';
  const { key, takes } = setting;
  if (takes === 'plugin versions') return `\`facts.${key}.<type>\``;
  return `\`facts.${key}\`${takes === 'version' ? '' : `: ${takes.join(', ')}`}`;
}

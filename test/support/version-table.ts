import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { HELM_4_VERSION, HELM_VERSION } from './versions.ts';
import type { Run } from './version-runs.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const BEGIN = '<!-- Measured by `npm run test:versions`; edits here are lost. -->';
const END = '<!-- Until here. -->';

const HEAD = [
  'Kubernetes',
  'Helm',
  'test files',
  'assertions passed',
  'failed',
  'writes that fail while a pod is dead',
  'day',
];

/** The table of these runs, in Markdown. */
export function versionsTable(runs: readonly Run[]): string {
  const all = [HEAD, ...runs.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...lines] = all.map(
    (row) => `| ${widths.map((width, column) => row[column]?.padEnd(width)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [head, rule, ...lines].join('\n');
}

function cellsOf({ kubernetes, helmMajor, ofFiles, files }: Run): string[] {
  const runs = Object.values(files);
  const sum = (count: 'passed' | 'failed') => runs.reduce((total, run) => total + run[count], 0);
  const outage = runs.find((run) => run.outage !== undefined)?.outage;
  return [
    kubernetes,
    helmMajor === 4 ? HELM_4_VERSION : HELM_VERSION,
    runs.length === ofFiles
      ? `all ${String(ofFiles)}`
      : `${String(runs.length)} of ${String(ofFiles)}`,
    String(sum('passed')),
    String(sum('failed')),
    outage === undefined ? '' : `${String(outage.failed)} of ${String(outage.writes)}`,
    // Of the file that was run longest ago.
    runs.map(({ day }) => day).sort()[0] ?? '',
  ];
}

/** The table that README has. */
export function tableInReadme(): string {
  const { table } = partsOf(readFileSync(README, 'utf8'));
  return table.trim();
}

/** Puts the table into README. */
export function writeTable(table: string): void {
  const { before, after } = partsOf(readFileSync(README, 'utf8'));
  writeFileSync(README, `${before}\n\n${table}\n\n${after}`);
}

function partsOf(text: string): { before: string; table: string; after: string } {
  const begin = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END, begin);
  if (begin < BEGIN.length || end < 0) throw new Error('README has no marks for the table');
  return { before: text.slice(0, begin), table: text.slice(begin, end), after: text.slice(end) };
}

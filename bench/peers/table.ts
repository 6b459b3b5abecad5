import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ACCEPTED } from '../samples.ts';

/** What was measured of a webhook, or of an API server without one; medians over rounds. */
export interface Row {
  readonly name: string;
  /** What it looks at. */
  readonly judges: string;
  /** Of a review over HTTPS; absent without a webhook. */
  readonly load?: {
    readonly microseconds: number;
    /** Of the Go peer's, within a round. */
    readonly timesGo: number;
    readonly reviewsPerSecond: number;
  };
  /** Of an update on a real API server, in milliseconds. */
  readonly update: { readonly p50: number; readonly p99: number; readonly added: number };
}

const PAGES = ['../../README.md', '../../docs/performance.md'];
const BEGIN = '<!-- Measured by `npm run bench:peers -- --write`; edits here are lost. -->';
const END = '<!-- Until here. -->';

/** The table in Markdown, with the machine and the versions that it was measured with. */
export function peerTable(rows: readonly Row[], kubernetes: string): string {
  const head = [
    'webhook',
    'judges',
    'CPU a review',
    'of Go',
    'reviews/s',
    'update p50',
    'p99',
    'added p50',
  ];
  const cells = rows.map(({ name, judges, load, update }) => [
    name,
    judges,
    load ? `${load.microseconds.toFixed(0)} µs` : '',
    load ? `${load.timesGo.toFixed(2)}×` : '',
    load ? load.reviewsPerSecond.toFixed(0) : '',
    `${update.p50.toFixed(2)} ms`,
    `${update.p99.toFixed(2)} ms`,
    load ? `${update.added.toFixed(2)} ms` : '',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = (column: number) => column >= 2;
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const cores = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return [
    line(head),
    rule,
    ...cells.map(line),
    '',
    `Measured ${day} on ${cores.length} cores of ${cores[0]?.model.trim() ?? 'an unknown processor'}, Kubernetes ${kubernetes}; reviews of ${(ACCEPTED.length / 1000).toFixed(1)} KB.`,
  ].join('\n');
}

/** Puts the table between the marks of the pages that have it. */
export function writeTable(table: string): void {
  for (const page of PAGES) {
    const file = fileURLToPath(new URL(page, import.meta.url));
    const text = readFileSync(file, 'utf8');
    const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END, text.indexOf(BEGIN))];
    if (begin < 0 || end < 0) throw new Error(`${page} has no marks for the table`);
    writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
  }
}

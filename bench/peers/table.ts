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

const HEAD = [
  'webhook',
  'judges',
  'CPU a review',
  'of Go',
  'reviews/s',
  'update p50',
  'p99',
  'added p50',
];
/** The columns before it are words. */
const FIRST_NUMBER = 2;

const cellsOf = ({ name, judges, load, update }: Row) => [
  name,
  judges,
  load ? `${load.microseconds.toFixed(0)} µs` : '',
  load ? `${load.timesGo.toFixed(2)}×` : '',
  load ? load.reviewsPerSecond.toFixed(0) : '',
  `${update.p50.toFixed(2)} ms`,
  `${update.p99.toFixed(2)} ms`,
  load ? `${update.added.toFixed(2)} ms` : '',
];

/**
 * The table in Markdown, with the machine and the versions that it was measured with. `busy`: the load
 * average before, as the figures of a busy machine are worse, and the processes share its caches.
 */
export function peerTable(rows: readonly Row[], kubernetes: string, busy: number): string {
  const all = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...lines] = all.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column < FIRST_NUMBER ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(' | ')} |`;
  });
  const rules = widths.map((width, column) =>
    column < FIRST_NUMBER ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'an unknown processor';
  const kilobytes = (ACCEPTED.length / 1000).toFixed(1);
  return [
    head,
    `| ${rules.join(' | ')} |`,
    ...lines,
    '',
    `Measured ${new Date().toISOString().slice(0, 10)} on ${cores.length} cores of ${model}, load average before: ` +
      `${busy.toFixed(1)}.`,
    `Kubernetes ${kubernetes}; reviews of ${kilobytes} KB.`,
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

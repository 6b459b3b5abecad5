/** A figure beside the one that is wanted, such as `<= 5`; empty where it is only for comparison. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly wanted: string;
}

/** One line a figure, aligned. Benchmarks measure and do not fail. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const { what, value, unit, wanted } of figures) {
    process.stdout.write(
      `  ${what.padEnd(52)} ${value.toFixed(2).padStart(10)} ${unit.padEnd(12)} ${wanted}\n`,
    );
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that so many per cent of all are at or below, by the nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}

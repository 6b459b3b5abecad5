/** A row of a table; rows of one table have as many cells. */
export type Row = readonly string[];

/** How wide each column of these rows is, in characters. */
export function widthsOf(rows: Iterable<Row>): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { length }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, length);
    }
  }
  return widths;
}

/** A row as a line, each cell but the last as wide as its column. */
export const aligned = (row: Row, widths: readonly number[]): string =>
  row
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();

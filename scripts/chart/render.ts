import { readFileSync } from 'node:fs';
import { renderFloor } from './floor.ts';
import { renderReadme } from './readme.ts';
import { VALUES_SCHEMA } from './values-schema.ts';

export const CHART = new URL('../../charts/eni-config-guard/', import.meta.url);

/** The generated files of the chart by path. A test compares them with what stands there. */
export function renderChartFiles(): Readonly<Record<string, string>> {
  const values = readFileSync(new URL('values.yaml', CHART), 'utf8');
  return {
    'templates/_floor.tpl': renderFloor(),
    'values.schema.json': `${JSON.stringify(VALUES_SCHEMA, null, 2)}\n`,
    'README.md': renderReadme(values),
  };
}

/** Writes the parts of the chart that are made from the catalogue, the schema and values.yaml. */
import { writeFileSync } from 'node:fs';
import { CHART, renderChartFiles } from './chart/render.ts';

for (const [name, text] of Object.entries(renderChartFiles())) {
  writeFileSync(new URL(name, CHART), text);
}

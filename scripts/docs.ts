/** Writes the pages under docs/ that come from code. */
import { writeFileSync } from 'node:fs';
import { renderPages } from './docs/render.ts';

for (const [name, text] of Object.entries(renderPages())) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
}

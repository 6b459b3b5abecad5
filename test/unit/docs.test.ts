import { readFileSync } from 'node:fs';
import t from 'tap';
import { renderPages } from '../../scripts/docs/render.ts';

t.test('docs/ says what the catalogue says; `npm run docs` brings it up to date', async (t) => {
  for (const [name, text] of Object.entries(renderPages())) {
    const stored = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    t.equal(stored, text, name);
  }
});

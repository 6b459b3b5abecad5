/** Writes the pages under docs/ that come from code. */
import { writeFileSync } from 'node:fs';
import { chineseRules } from './docs/chinese-rules.ts';
import { renderPages } from './docs/render.ts';
import { translations } from './docs/translations.ts';

for (const [name, text] of Object.entries(renderPages())) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
}

for (const { page, hash } of translations().filter(({ isStale }) => isStale)) {
  process.stdout.write(`docs/${page} is stale; once it is brought up to date: sha256 ${hash}\n`);
}

for (const { id, hash } of chineseRules().filter(({ isStale }) => isStale)) {
  process.stdout.write(
    `docs/rules/chinese.yaml: ${id} is stale; once it is up to date: from: '${hash}'\n`,
  );
}

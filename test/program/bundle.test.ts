import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { REPOSITORY } from '../support/program.ts';

/** What the texts of dist/ cost a process that loads them: scripts/bundle.ts. */

const DIST = join(REPOSITORY, 'dist');
const modules = readdirSync(DIST).filter((file) => file.endsWith('.js'));

t.ok(modules.includes('main.js'));
for (const module of modules) {
  const text = readFileSync(join(DIST, module), 'utf8');
  const [other] = /.{0,20}[^\0-\x7f].{0,20}/.exec(text) ?? [];
  t.equal(other, undefined, `${module} is held with one byte a character`);
  t.notMatch(text, /\b(?:from|import) ?["'](?:node:)?http["']/, `${module} does not load undici`);
}

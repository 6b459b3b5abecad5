import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The files below `folder` with this ending, from the repository's root. */
const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => join(folder, path));

const PAGES = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  'certs/README.md',
  'charts/eni-config-guard/README.md',
  ...filesIn('docs', /\.md$/),
];

/** What GitHub makes of a heading to link to. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (page: string) =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

t.test('links between pages lead somewhere', async (t) => {
  for (const page of PAGES) {
    const text = read(page);
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const [path, anchor] = link!.split('#');
      const target = path === '' ? page : join(dirname(page), path!);
      t.ok(existsSync(join(root, target)), `${page}: ${link}`);
      if (anchor !== undefined) t.ok(anchorsOf(read(target)).includes(anchor), `${page}: ${link}`);
    }
  }
});

t.test('pages that code, tests and the chart cite are in the repository', async (t) => {
  const folders = ['src', 'test', 'scripts', 'bench', 'charts'];
  const sources = folders.flatMap((folder) => filesIn(folder, /\.(ts|js|sh|ya?ml|tpl|txt)$/));
  const cited = new Map<string, string>();
  for (const file of sources) {
    for (const [page] of read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)) {
      cited.set(page, file);
    }
  }
  t.ok(cited.size > 0);
  for (const [page, file] of cited) t.ok(existsSync(join(root, page)), `${file}: ${page}`);
});

t.test('the index lists every page', async (t) => {
  const index = read('docs/README.md');
  for (const name of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))) {
    if (name !== 'README.md') t.ok(index.includes(`](${name})`), name);
  }
});

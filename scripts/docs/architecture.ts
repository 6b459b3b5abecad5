import { FOLDERS, type Folder, PURE_PACKAGES } from '../architecture/folders.ts';
import { covers } from '../architecture/imports.ts';

const BEGIN = '<!-- Drawn from scripts/architecture/folders.ts by `npm run docs`: -->';
const END = '<!-- Until here. -->';

/** `page`, docs/architecture.md, with the part between its two marks drawn anew. */
export function drawFolders(page: string): string {
  const before = page.slice(0, page.indexOf(BEGIN));
  const after = page.slice(page.indexOf(END));
  return `${before}${[BEGIN, renderPicture(), ...renderTables(), ''].join('\n\n')}${after}`;
}

const isProduct = ({ path }: Folder) => path.startsWith('src/');
const PRODUCT = FOLDERS.filter(isProduct);
const ENGINE = 'src/engine';

const nameOf = (path: string) => path.replace(/^src\//, '');
const idOf = (path: string) => nameOf(path).replaceAll(/[^a-z]/g, '_');

/**
 * The folders of src/ as a Mermaid flow chart; an arrow points at what is imported. Left out are
 * the arrows that follow from others: what a folder imports, those who import it may import, too.
 */
function renderPicture(): string {
  const isInEngine = ({ path }: Folder) => covers(ENGINE, path);
  const box = ({ path }: Folder) => `${idOf(path)}["${nameOf(path)}"]`;
  return [
    '```mermaid',
    'flowchart TD',
    `  subgraph ${idOf(ENGINE)}["engine: pure"]`,
    ...PRODUCT.filter(isInEngine).map((folder) => `    ${box(folder)}`),
    '  end',
    ...PRODUCT.filter((folder) => !isInEngine(folder)).map((folder) => `  ${box(folder)}`),
    ...PRODUCT.flatMap(({ path, imports }) =>
      imports
        .filter((target) => covers('src', target))
        .filter((target) => !imports.some((other) => other !== target && reaches(other, target)))
        .map((target) => `  ${idOf(path)} --> ${idOf(target)}`),
    ),
    '```',
  ].join('\n');
}

/** Whether `target` is a part of `path`, or imported by a part of it, directly or over others. */
function reaches(path: string, target: string): boolean {
  if (covers(path, target)) return true;
  const parts = PRODUCT.filter((folder) => covers(path, folder.path));
  return parts.some(({ imports }) => imports.some((next) => reaches(next, target)));
}

function renderTables(): string[] {
  return [
    table(['folder', 'holds', 'packages'], PRODUCT, ({ path, holds, packages }) => [
      codes([path]),
      holds,
      packages === PURE_PACKAGES ? 'those that only calculate' : codes(packages ?? []),
    ]),
    `Packages that only calculate: ${codes(PURE_PACKAGES)}. \`node\` stands for the modules of Node.js.`,
    'Around the product every package may be imported:',
    table(
      ['folder', 'holds', 'may import'],
      FOLDERS.filter((folder) => !isProduct(folder)),
      ({ path, holds, imports }) => [codes([path]), holds, codes(imports)],
    ),
  ];
}

const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '-';

function table(
  head: readonly string[],
  folders: readonly Folder[],
  cells: (folder: Folder) => readonly string[],
): string {
  const rows = [head, head.map(() => '---'), ...folders.map(cells)];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

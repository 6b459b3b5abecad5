import { readdirSync } from 'node:fs';
import { type ReleaseData, ROOT, readText } from './data.ts';

/** Stands for a commit that release.json does not hold yet; no action has it, so no workflow runs. */
const UNKNOWN_COMMIT = '0'.repeat(40);

const USES = /(\buses: )([\w./-]+)@[0-9a-f]{40}/g;

/** The workflows, by their paths in the repository. */
export const workflowFiles = () =>
  readdirSync(new URL('.github/workflows', ROOT))
    .sort()
    .map((name) => `.github/workflows/${name}`);

/** The actions that the workflows use. */
export function usedActions(): string[] {
  const uses = workflowFiles().flatMap((path) => [...readText(path).matchAll(USES)]);
  return [...new Set(uses.map(([, , name]) => name ?? ''))].sort();
}

/** The files that hold something of release.json, as they have to be, by path. */
export function filledFiles(data: ReleaseData): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(workflowFiles().map((path) => [path, withCommits(path, data)])),
    '.github/CODEOWNERS': codeOwners(data),
    'SECURITY.md': withBlock('SECURITY.md', 'security contact', contact(data.securityContact)),
    'CODE_OF_CONDUCT.md': withBlock(
      'CODE_OF_CONDUCT.md',
      'conduct contact',
      contact(data.conductContact),
    ),
    [CHART]: withChartData(data),
  };
}

const CHART = 'charts/eni-config-guard/Chart.yaml';

const withCommits = (path: string, { actions }: ReleaseData) =>
  readText(path).replace(USES, (_, uses: string, name: string) => {
    const commit = actions[name] ?? '';
    return `${uses}${name}@${commit === '' ? UNKNOWN_COMMIT : commit}`;
  });

function codeOwners({ maintainers }: ReleaseData): string {
  const owners = maintainers.map(({ account }) => `@${account}`).join(' ');
  return [
    '# Who is asked for a review. Made from release.json by `npm run release:fill`.',
    ...(owners === '' ? [] : [`* ${owners}`]),
    '',
  ].join('\n');
}

const contact = (address: string) => (address === '' ? '' : `Or write to ${address}.\n\n`);

/** The page with this text between `<!-- release.json, NAME -->` and `<!-- Until here. -->`. */
function withBlock(path: string, name: string, block: string): string {
  const start = `<!-- release.json, ${name} -->\n\n`;
  const text = readText(path);
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf('<!-- Until here. -->', from);
  if (from < start.length || to < from) throw new Error(`${path}: no block "${name}"`);
  return text.slice(0, from) + block + text.slice(to);
}

const CHART_START = '# From release.json, by `npm run release:fill`; the annotations go on here.\n';

/** Chart.yaml with what its end says of repository, people and image. */
function withChartData({ repository, maintainers, image }: ReleaseData): string {
  const text = readText(CHART);
  const end = text.indexOf(CHART_START);
  if (end < 0) throw new Error(`${CHART}: its last part is missing`);
  const version = /^version: (.*)$/m.exec(text)?.[1] ?? '';
  const quoted = (value: string) => JSON.stringify(value);
  return [
    text.slice(0, end) + CHART_START.trimEnd(),
    ...(image === ''
      ? []
      : [
          '  artifacthub.io/images: |',
          '    - name: eni-config-guard',
          `      image: ${image}:${version}`,
          '      platforms: [linux/amd64, linux/arm64]',
        ]),
    ...(repository === ''
      ? []
      : [
          `home: ${quoted(repository)}`,
          `sources: [${quoted(repository)}]`,
          `icon: ${quoted(`${repository}/raw/v${version}/charts/eni-config-guard/icon.svg`)}`,
        ]),
    ...(maintainers.length === 0 ? [] : ['maintainers:']),
    ...maintainers.map(
      ({ name, email }) => `  - { name: ${quoted(name)}, email: ${quoted(email)} }`,
    ),
    '',
  ].join('\n');
}

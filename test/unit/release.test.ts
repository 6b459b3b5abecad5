import { readFileSync, readdirSync } from 'node:fs';
import t from 'tap';
import { gapsIn, readRelease } from '../../scripts/release/data.ts';
import { filledFiles, workflowFiles } from '../../scripts/release/fill.ts';
import { changelogEntry, otherVersions } from '../../scripts/release/versions.ts';

/** What a release rests on, as far as it costs nothing; the rest is `npm run release:check`. */

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

const FILLED = {
  repository: 'https://git.example.com/guard',
  image: 'registry.example.com/guard',
  chart: 'oci://registry.example.com/charts',
  nodeImageDigest: `sha256:${'a'.repeat(64)}`,
  securityContact: 'security@example.com',
  conductContact: 'conduct@example.com',
  maintainers: [{ name: 'Wang "Ada"', email: 'ada@example.com', account: 'ada' }],
  actions: Object.fromEntries(
    Object.keys(readRelease().actions).map((name) => [name, 'b'.repeat(40)]),
  ),
};

t.test('`npm run release:fill` has been run', async (t) => {
  for (const [path, text] of Object.entries(filledFiles(readRelease()))) {
    t.equal(read(path), text, path);
  }
});

t.test('what is filled in stands where it is needed', async (t) => {
  t.same(gapsIn(FILLED), []);
  const files = filledFiles(FILLED);
  t.match(files['SECURITY.md'], 'Or write to security@example.com.');
  t.match(files['CODE_OF_CONDUCT.md'], 'Or write to conduct@example.com.');
  t.match(files['.github/CODEOWNERS'], '\n* @ada\n');
  const chart = files['charts/eni-config-guard/Chart.yaml'];
  t.match(chart, `      image: registry.example.com/guard:${version}\n`);
  t.match(chart, 'maintainers:\n  - { name: "Wang \\"Ada\\"", email: "ada@example.com" }\n');
  for (const path of workflowFiles()) {
    const commits = [...files[path]!.matchAll(/uses: \S+@(\S+)/g)].map(([, commit]) => commit);
    t.ok(commits.length > 0 && commits.every((commit) => commit === 'b'.repeat(40)), path);
  }
});

t.test('what is empty or of no use is listed', async (t) => {
  const gaps = gapsIn({
    ...FILLED,
    image: '',
    chart: 'https://x',
    maintainers: [],
    actions: { 'a/b': '' },
  });
  t.same(gaps, [
    'release.json: image is empty',
    'release.json: chart must match ^oci:\\/\\/\\S+[^/\\s]$',
    'release.json: maintainers is empty',
    'release.json: actions.a/b holds no commit',
  ]);
});

t.test('one version everywhere, and the changelog speaks of it', async (t) => {
  const docs = readdirSync(new URL('../../docs', import.meta.url), { recursive: true });
  const pages = (docs as string[]).filter((path) => path.endsWith('.md'));
  t.same(otherVersions(['README.md', ...pages.map((path) => `docs/${path}`)]), []);
  t.ok(changelogEntry(version));
  t.equal(changelogEntry('9.9.9'), undefined);
});

t.test('workflows may do only what a job says', async (t) => {
  for (const path of workflowFiles()) {
    const text = read(path);
    t.match(text, /^permissions: \{\}$/m, path);
    t.equal(text.match(/^ {4}permissions:$/gm)?.length, text.match(/^ {4}runs-on:/gm)?.length);
    t.notMatch(text, /uses: (?!\S+@[0-9a-f]{40}$)/m, `${path}: actions by commit`);
  }
});

t.test('the workflow tests what .ci/run does, but for the lab', async (t) => {
  const suites = (path: string) => new Set(read(path).match(/(?<=npm )(test$|run [a-z:]+)/gm));
  const own = suites('.ci/run');
  t.ok(own.delete('run test:lab'), 'which takes cgroup v1');
  t.ok(own.delete('run test:proofs'), 'which takes a lab');
  // Named in a remark of .ci/run.
  own.delete('run test:lab:long');
  own.delete('run test:versions');
  t.same([...suites('.github/workflows/test.yml')].sort(), [...own].sort());
});

t.test('only release.json and the workflows name a registry', async (t) => {
  const hosts =
    /\b(ghcr|quay|docker|gcr|k8s\.gcr)\.io\b|\bregistry\.(npmjs|k8s)\b|\bmcr\.microsoft\b/;
  const root = new URL('../../', import.meta.url);
  const below = ['charts', 'docs', 'src', 'scripts', 'certs', 'examples'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  );
  const top = readdirSync(root).filter((name) => /\.md$|^Dockerfile$/.test(name));
  for (const path of [...below, ...top.map((name) => new URL(name, root).pathname)]) {
    if (hosts.test(readFileSync(path, 'utf8'))) t.fail(path);
  }
  t.ok(below.length > 100);
});

import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';

/** The npm package, packed as a release does it, and its command run out of the tarball. */

t.setTimeout(5 * 60_000);

t.test('the command runs from the tarball, as npx starts it', async (t) => {
  const folder = t.testdir({ project: { 'package.json': '{ "private": true }' } });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const packed = await run('npm', pack, { cwd: REPOSITORY });
  t.equal(packed.code, 0, packed.stderr);
  const [{ filename, files, version }] = JSON.parse(packed.stdout) as [
    { filename: string; version: string; files: readonly { path: string }[] },
  ];
  const paths = files.map(({ path }) => path);
  for (const path of ['dist/main.js', 'dist/THIRD-PARTY-NOTICES.txt', 'LICENSE', 'README.md']) {
    t.ok(paths.includes(path), path);
  }
  t.same(
    paths.filter((path) => /^(src|test|scripts)\/|\.tgz$/.test(path)),
    [],
  );

  const cwd = join(folder, 'project');
  const tarball = `--package=${join(folder, filename)}`;
  const command = [
    'exec',
    '--yes',
    '--prefer-offline',
    tarball,
    '--',
    'eni-config-guard',
    'version',
  ];
  t.match(await run('npm', command, { cwd }), { code: 0, stdout: `${version}\n` });
});

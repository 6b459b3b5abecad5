import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';

/** What the image takes of its base, on a base of empty files. */

const LINKED = [
  'ld-linux-x86-64.so.2',
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
];

t.test('libraries that Node links to come along, the others if they are there', async (t) => {
  const { root, code, stderr } = await imageRoot(t, 'ELF libc.so.6', [...LINKED, 'libresolv.so.2']);
  t.equal(code, 0, stderr);
  t.ok(existsSync(join(root, 'lib/libresolv.so.2')));
  t.notOk(existsSync(join(root, 'lib/libatomic.so.1')));
});

t.test('a library that Node links to and that is missing is told', async (t) => {
  const atomics = 'ELF libatomic.so.1 libc.so.6';
  const { code, stderr } = await imageRoot(t, atomics, LINKED);
  t.equal(code, 1);
  t.match(stderr, 'node links to libatomic.so.1');
  t.match(await imageRoot(t, atomics, [...LINKED, 'libatomic.so.1']), { code: 0 });
});

async function imageRoot(t: Test, node: string, libraries: readonly string[]) {
  const folder = t.testdir();
  const base = join(folder, 'base');
  const packages = ['libc6', 'libstdc++6', 'libgcc-s1'];
  const files: Record<string, string> = {
    'usr/local/bin/node': node,
    'etc/os-release': '',
    'var/lib/dpkg/status': packages.map((name) => `Package: ${name}\n`).join('\n'),
    ...Object.fromEntries(packages.map((name) => [`usr/share/doc/${name}/copyright`, ''])),
    ...Object.fromEntries(libraries.map((name) => [`usr/lib/x86_64-linux-gnu/${name}`, ''])),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  const root = join(folder, 'root');
  const script = join(REPOSITORY, 'scripts/image-root.sh');
  return { root, ...(await run('sh', [script, base, root])) };
}

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { listExecutables } from '../../../src/probe/directory.ts';

const OUTSIDE = 'a link out of the directory';

t.test('what lies in a directory', async (t) => {
  // Not below the project, whose own path may be too long for that of a socket (107 bytes).
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'directory-')));
  t.teardown(() => rmSync(parent, { recursive: true }));
  const directory = join(parent, 'bin');
  mkdirSync(directory);
  const file = (name: string, mode: number) => {
    writeFileSync(join(directory, name), '');
    chmodSync(join(directory, name), mode);
  };
  const link = (name: string, target: string) => symlinkSync(target, join(directory, name));

  file('portmap', 0o755);
  file('by-root-only', 0o700);
  file('ünï \u001b', 0o755);
  file('README.md', 0o644);
  file('.portmap.tmp', 0o755);
  mkdirSync(join(directory, 'folder'));
  execFileSync('mkfifo', ['-m', '755', join(directory, 'fifo')]);
  const server = createServer().listen(join(directory, 'socket'));
  await once(server, 'listening');
  t.teardown(() => server.close());
  link('bandwidth', 'portmap');
  link('absolute', join(directory, 'portmap'));
  link('twice', 'bandwidth');
  link('readme', 'README.md');
  link('to-folder', 'folder');
  link('nowhere', 'no-such-file');
  link('itself', 'itself');
  link('round', 'round-again');
  link('round-again', 'round');
  link('up', '../portmap');
  link('shell', '/bin/sh');
  link('shell-by-name', 'shell');
  link('nowhere-outside', '/usr/libexec/no-such-file');
  link('into-folder', 'folder/portmap');

  const { candidates, leftOut } = await listExecutables(directory);
  t.strictSame(
    new Map(candidates.map(({ name, problem }) => [name, problem])),
    new Map([
      ...['portmap', 'by-root-only', 'ünï \u001b', 'bandwidth', 'absolute', 'twice'].map(
        (name) => [name, undefined] as const,
      ),
      ...['up', 'shell', 'shell-by-name', 'nowhere-outside', 'into-folder'].map(
        (name) => [name, OUTSIDE] as const,
      ),
    ]),
  );
  t.equal(leftOut, 0);
});

t.test('a directory of thousands is counted to its end', async (t) => {
  const directory = realpathSync(t.testdir());
  for (let index = 0; index < 10_050; index += 1) {
    writeFileSync(join(directory, `file-${index}`), '', { mode: 0o755 });
  }
  const { candidates, leftOut } = await listExecutables(directory);
  t.equal(candidates.length, 10_000);
  t.equal(leftOut, 50);
});

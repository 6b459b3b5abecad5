// Builds dist/ when a source is newer than it, or when it is missing. Plain JavaScript without
// imports of packages: `npm start` waits for this, and mostly there is nothing to do.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { URL, fileURLToPath } from 'node:url';
import process from 'node:process';

const root = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'scripts', 'docs/rules'];

/** Milliseconds since 1970; 0 for a file that is not there. */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newest(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Math.max(
    ...entries
      .filter((entry) => entry.isFile() && entry.parentPath.includes('generated') === false)
      .map((entry) => modified(`${entry.parentPath}/${entry.name}`)),
  );
}

const built = modified(`${root}dist/main.js`);
const isCurrent =
  modified(`${root}package-lock.json`) < built &&
  SOURCES.every((name) => newest(`${root}${name}`) < built);
if (!isCurrent) {
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  process.exitCode = build.status ?? 1;
}

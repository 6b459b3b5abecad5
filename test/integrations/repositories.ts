import { cpSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'tests',
  GIT_AUTHOR_EMAIL: 'tests@example.com',
  GIT_COMMITTER_NAME: 'tests',
  GIT_COMMITTER_EMAIL: 'tests@example.com',
};

/** What a person's shell has: nothing of this checkout, and the given folders first on PATH. */
export function shellEnvironment(
  folders: readonly string[],
  more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const own = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|TAP|GIT_|NODE_(OPTIONS|COMPILE_CACHE|V8_COVERAGE)$)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    ...IDENTITY,
    PATH: [...folders, ...own].join(delimiter),
    ...more,
  };
}

/** Runs git in a folder; rejects where it fails. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('git', args, { cwd, env: shellEnvironment([]) });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Makes a folder a repository with one commit of all that lies in it; resolves with the commit. */
export async function commitAll(cwd: string): Promise<string> {
  await git(cwd, 'init', '--quiet', '--initial-branch=main');
  await git(cwd, 'add', '--all');
  await git(cwd, 'commit', '--quiet', '--message=all');
  return (await git(cwd, 'rev-parse', 'HEAD')).trim();
}

/** A repository as a user would clone it: this checkout with what is not committed yet. */
export async function publish(folder: string): Promise<string> {
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  for (const name of (await git(REPOSITORY, ...listed)).split('\0')) {
    if (name === '') continue;
    cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true });
  }
  return commitAll(folder);
}

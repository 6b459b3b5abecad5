import { findOrBuild } from '../cluster/controlplane/binaries.ts';
import { install, installMissing } from '../support/debian-packages.ts';
import { run } from '../support/output.ts';
import { krew, languageServer, oldestNode, preCommit, unfitNode } from './tools.ts';

/** The programs that use the guard's commands: Debian's, and those that the tests fetch or build. */
const REMEDY = 'On another system install zsh, fish, util-linux, git and Python 3 by hand.';
await installMissing(
  { zsh: 'zsh', fish: 'fish', script: 'bsdutils', git: 'git', python3: 'python3-venv' },
  REMEDY,
);
// Debian's python3 can make no environment without a package of its own.
const { code } = await run('python3', ['-c', 'import ensurepip']);
if (code !== 0) await install(['python3-venv'], REMEDY);
await findOrBuild();
await krew();
await oldestNode();
await unfitNode();
await languageServer();
await preCommit();

import { findOrBuild } from '../cluster/controlplane/binaries.ts';
import { installMissing } from '../support/debian-packages.ts';
import { krew, languageServer, oldestNode, preCommit } from './tools.ts';

/** The programs that use the guard's commands: Debian's, and those that the tests fetch or build. */
await installMissing(
  { zsh: 'zsh', fish: 'fish', script: 'bsdutils', git: 'git', python3: 'python3-venv' },
  'On another system install zsh, fish, util-linux, git and Python 3 by hand.',
);
await findOrBuild();
await krew();
await oldestNode();
await languageServer();
await preCommit();

import { installMissing } from '../support/debian-packages.ts';

/** The programs that use the guard's commands, where they come from Debian. */
await installMissing(
  { zsh: 'zsh', fish: 'fish', script: 'bsdutils' },
  'On another system install zsh, fish and util-linux by hand.',
);

import { closest } from '../engine/reading/suggest.ts';
import { listed, quoted } from '../engine/text/text.ts';
import { COMMANDS } from './commands.ts';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { completionTable } from './completion/table.ts';
import { zshCompletion } from './completion/zsh.ts';
import { defineCommand } from './frame/command.ts';
import { PROGRAM } from './frame/help.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

const SCRIPTS = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);
const SHELLS = [...SCRIPTS.keys()];

export const command = defineCommand(
  {
    operands: 'bash|zsh|fish',
    operandWords: SHELLS,
    details: `Load it at the start of a shell:
  bash  source <(eni-config-guard completion bash)     in ~/.bashrc
  zsh   source <(eni-config-guard completion zsh)      in ~/.zshrc, after compinit
  fish  eni-config-guard completion fish | source      in ~/.config/fish/config.fish`,
    flags: {},
    examples: ['completion bash'],
  },
  async ({ operands: [shell, ...more] }) => {
    if (shell === undefined || more.length > 0) {
      throw new UsageError(`completion takes one shell: ${listed(SHELLS)}`);
    }
    const script = SCRIPTS.get(shell);
    if (!script) {
      const meant = closest(shell, SHELLS);
      const hint = meant === undefined ? `there are ${listed(SHELLS)}` : `did you mean ${meant}?`;
      throw new UsageError(`no completion for ${quoted(shell)}; ${hint}`);
    }
    await print(script(PROGRAM, await completionTable(COMMANDS)));
    return 0;
  },
);

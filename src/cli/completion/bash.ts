import type { CompletedCommand } from './table.ts';

/** The script for bash 3.2 and newer; where nothing is known, bash completes paths. */
export function bashCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  return `# bash completion for ${program}. Load it with: source <(${program} completion bash)
${name}() {
  local IFS=$' \\t\\n' word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  # Bash takes the = of --flag=value for a word of its own.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words='${commands.map((command) => command.name).join(' ')}'
  else
    case \${COMP_WORDS[1]}:$before in
${commands.flatMap(afterFlags).join('\n')}
      *)
        case \${COMP_WORDS[1]} in
${commands.map(afterCommand).join('\n')}
        esac
        ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o bashdefault -o default -F ${name} ${program}
`;
}

/** Flags with a value, each a case of what stands before the word. */
function afterFlags({ name, flags }: CompletedCommand): string[] {
  return flags.flatMap(({ name: flag, takes }) => {
    if (takes === 'nothing') return [];
    const words = typeof takes === 'string' ? 'return' : `words='${takes.join(' ')}'`;
    return [`      ${name}:--${flag}) ${words} ;;`];
  });
}

function afterCommand({ name, flags, words }: CompletedCommand): string {
  const all = [...words, ...flags.map((flag) => `--${flag.name}`)];
  return `          ${name}) words='${all.join(' ')}' ;;`;
}

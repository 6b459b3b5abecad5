import type { CompletedCommand, CompletedFlag } from './table.ts';

/** The script for zsh, to be sourced or to lie as a file in a folder of fpath. */
export function zshCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program}`;
  return `#compdef ${program}
# zsh completion for ${program}. Load it after compinit with: source <(${program} completion zsh)
${name}() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quote(`${command.name}:${command.summary}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(afterCommand).join('\n')}
  esac
}
if [[ $funcstack[1] == ${name} ]]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;
}

function afterCommand({ name, flags, words }: CompletedCommand): string {
  const rest = words.length > 0 ? `*:word:(${words.join(' ')})` : '*:path:_files';
  return `    ${name}) _arguments ${[...flags.map(optionOf), rest].map(quote).join(' ')} ;;`;
}

/** One option in the notation of _arguments, where brackets and colons have a meaning. */
function optionOf({ name, about, takes }: CompletedFlag): string {
  const text = `[${about.replace(/[[\]:\\]/g, '\\$&')}]`;
  if (takes === 'nothing') return `--${name}${text}`;
  const values =
    takes === 'path'
      ? ':path:_files'
      : takes === 'text'
        ? ':value: '
        : `:word:(${takes.join(' ')})`;
  return `*--${name}=${text}${values}`;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

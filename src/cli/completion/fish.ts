import type { CompletedCommand, CompletedFlag } from './table.ts';

/** The script for fish, to be sourced or saved among its completions. */
export function fishCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const complete = (...words: readonly string[]) => ['complete -c', program, ...words].join(' ');
  const lines = commands.flatMap(({ name, summary, flags, words }) => [
    complete("-n '__fish_is_first_token'", `-f -a ${name} -d ${quote(summary)}`),
    ...flags.map((flag) => complete(after(name), optionOf(flag))),
    ...(words.length > 0 ? [complete(after(name), `-f -a ${quote(words.join(' '))}`)] : []),
  ]);
  return [
    `# fish completion for ${program}. Load it with: ${program} completion fish | source`,
    ...lines,
    '',
  ].join('\n');
}

const after = (command: string) => `-n '__fish_seen_subcommand_from ${command}'`;

function optionOf({ name, about, takes }: CompletedFlag): string {
  const option = `-l ${name} -d ${quote(about)}`;
  if (takes === 'nothing') return option;
  if (takes === 'path') return `${option} -r -F`;
  return takes === 'text' ? `${option} -x` : `${option} -x -a ${quote(takes.join(' '))}`;
}

const quote = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;

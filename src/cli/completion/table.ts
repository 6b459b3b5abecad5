import type { Flag } from '../frame/arguments.ts';
import type { CommandEntry } from '../frame/command.ts';

/** A flag as a shell completes it. */
export interface CompletedFlag {
  /** Without the dashes. */
  readonly name: string;
  readonly about: string;
  /** What follows it: nothing, one of some words, a path, or text that no shell can know. */
  readonly takes: 'nothing' | 'path' | 'text' | readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** Words that may follow the command, where they are known. */
  readonly words: readonly string[];
  readonly flags: readonly CompletedFlag[];
}

const HELP: CompletedFlag = {
  name: 'help',
  about: 'print what the command takes',
  takes: 'nothing',
};

const PATHS = ['FILE', 'DIRECTORY', 'OLD'];

/** What shells complete: every command with its flags, and `help`, which takes the name of one. */
export async function completionTable(
  commands: readonly CommandEntry[],
): Promise<readonly CompletedCommand[]> {
  const described = await Promise.all(
    commands.map(async ({ name, summary, load }): Promise<CompletedCommand> => {
      const { spec } = await load();
      const flags = Object.entries(spec.flags).map(([flag, known]) => completed(flag, known));
      return { name, summary, words: spec.operandWords ?? [], flags: [...flags, HELP] };
    }),
  );
  const help: CompletedCommand = {
    name: 'help',
    summary: 'list the commands, or print what one takes',
    words: commands.map(({ name }) => name),
    flags: [],
  };
  return [...described, help];
}

function completed(name: string, { about, value, isValueOptional, values }: Flag): CompletedFlag {
  if (value === undefined || isValueOptional) return { name, about, takes: 'nothing' };
  return { name, about, takes: values ?? (PATHS.includes(value) ? 'path' : 'text') };
}

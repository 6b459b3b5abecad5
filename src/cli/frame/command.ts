import { type Arguments, type Flags, readArguments } from './arguments.ts';
import { commandHelp } from './help.ts';
import { print } from './print.ts';

/** A command in the list of all. */
export interface CommandEntry {
  readonly name: string;
  /** What it does, in one line that starts with a verb in small letters. */
  readonly summary: string;
  /** Loads its file: a process holds the text of all that it loads, and reads it at each start. */
  readonly load: () => Promise<Command>;
}

/** What a command takes. */
export interface CommandSpec<F extends Flags = Flags> {
  /** The words it takes beside flags, as usage shows them: `FILE...`; absent: none. */
  readonly operands?: string;
  /** The words that may stand there, where they are known: shells complete them. */
  readonly operandWords?: readonly string[];
  /** What a person has to know beside the flags; lines of at most 100 characters. */
  readonly details?: string;
  readonly flags: F;
  /** Calls to copy, without the program's name. */
  readonly examples: readonly [string, ...string[]];
  /** What exit statuses mean where there is more than 0 and 2: `0 nothing denied, ...`. */
  readonly statuses?: string;
}

/** A command of the program. */
export interface Command {
  readonly spec: CommandSpec;
  /** Resolves with the exit status; rejects with UsageError for arguments that can't be used. */
  readonly call: (name: string, args: readonly string[]) => Promise<number | 'help'>;
}

/** Makes a command of what it takes and of what it does with that. */
export function defineCommand<const F extends Flags>(
  spec: CommandSpec<F>,
  run: (args: Arguments<F>) => Promise<number>,
): Command {
  return {
    spec,
    async call(name, args) {
      const read = readArguments({ ...spec, name }, args);
      return read === 'help' ? 'help' : run(read);
    },
  };
}

/** Calls a command of the list; with --help prints what it takes. Resolves with the exit status. */
export async function callCommand(entry: CommandEntry, args: readonly string[]): Promise<number> {
  const { spec, call } = await entry.load();
  const status = await call(entry.name, args);
  if (status !== 'help') return status;
  await print(commandHelp(entry, spec));
  return 0;
}

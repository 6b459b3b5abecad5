import { closest } from '../engine/reading/suggest.ts';
import { quoted } from '../engine/text/text.ts';
import { COMMANDS } from './commands.ts';
import { callCommand } from './frame/command.ts';
import { calledAs, programHelp } from './frame/help.ts';
import { unfitNode } from './frame/node-version.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

/** Ways to ask for help and for the version that people try before any other. */
const ALIASES: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
};

/**
 * Calls the command that the arguments name and resolves with the exit status. Rejects with
 * UsageError or ConfigError where the call or one of its files can't be used.
 */
export async function run([word, ...args]: readonly string[]): Promise<number> {
  const unfit = unfitNode(process.versions.node);
  if (unfit !== undefined) throw new UsageError(unfit);
  if (word === undefined) throw new UsageError(`a command is missing; see ${calledAs()} --help`);
  const name = (Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined) ?? word;
  if (name === 'help') return help(args);
  return callCommand(entryNamed(name), args);
}

/** `help` lists the commands, `help COMMAND` is `COMMAND --help`. */
async function help([name]: readonly string[]): Promise<number> {
  if (name !== undefined) return callCommand(entryNamed(name), ['--help']);
  await print(programHelp(COMMANDS));
  return 0;
}

function entryNamed(name: string) {
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry) return entry;
  const meant = closest(
    name,
    COMMANDS.map((command) => command.name),
  );
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new UsageError(`unknown command ${quoted(name)}${hint || `; see ${calledAs()} --help`}`);
}

import { basename } from 'node:path';
import { wrap } from '../../engine/text/text.ts';
import type { Flag } from './arguments.ts';
import type { CommandEntry, CommandSpec } from './command.ts';

export const PROGRAM = 'eni-config-guard';

/** The words to call it by: kubectl runs an executable of this name as `kubectl eni-config`. */
export const calledAs = ([, script = ''] = process.argv) =>
  basename(script) === 'kubectl-eni_config' ? 'kubectl eni-config' : PROGRAM;

const WIDTH = 100;

type Named = Pick<CommandEntry, 'name' | 'summary'>;

/** What a command takes and does; it fits a screen. */
export function commandHelp(
  { name, summary }: Named,
  { operands, details, flags, examples, statuses }: CommandSpec,
): string {
  const usage = [`usage: ${calledAs()} ${name}`, ...(operands === undefined ? [] : [operands])];
  const rows = [...Object.entries(flags).map(row), ['-h, --help', 'print this'] as const];
  return [
    `${usage.join(' ')} [flags]`,
    '',
    wrap(`${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`, WIDTH, ''),
    ...(details === undefined ? [] : ['', details]),
    '',
    table(rows),
    '',
    ...examples.map((example) => `  $ ${calledAs()} ${example}`),
    ...(statuses === undefined ? [] : ['', `exit status: ${statuses}`]),
    '',
  ].join('\n');
}

function row([name, { value, isValueOptional, values, about, repeated }]: readonly [string, Flag]) {
  const takes = values ? values.join('|') : value;
  const given = isValueOptional ? `[=${takes ?? ''}]` : ` ${takes ?? ''}`;
  const flag = takes === undefined ? `--${name}` : `--${name}${given}`;
  return [flag, `${about}${repeated ? ' (may be repeated)' : ''}`] as const;
}

/** The commands there are, with what each does. */
export function programHelp(commands: readonly Named[]): string {
  return [
    `usage: ${calledAs()} COMMAND [flags]`,
    '',
    table(commands.map(({ name, summary }) => [name, summary])),
    '',
    `${calledAs()} COMMAND --help tells more of one command.`,
    '',
  ].join('\n');
}

/** Two columns; a wide left cell has its line to itself. */
export function table(rows: readonly (readonly [left: string, right: string])[]): string {
  const widest = 30;
  const width = Math.max(...rows.map(([left]) => left.length).filter((length) => length <= widest));
  const indent = ' '.repeat(width + 4);
  return rows
    .map(([left, right]) => {
      const text = wrap(right, WIDTH, indent, indent.length);
      return left.length > width
        ? `  ${left}\n${indent}${text}`
        : `  ${left.padEnd(width)}  ${text}`;
    })
    .join('\n');
}

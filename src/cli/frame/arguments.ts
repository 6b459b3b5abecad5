import { parseArgs } from 'node:util';
import { closest } from '../../engine/reading/suggest.ts';
import { listed, quoted } from '../../engine/text/text.ts';
import { UsageError } from '../usage-error.ts';
import { calledAs } from './help.ts';

/** A flag of a command, by its name without the dashes. */
export interface Flag {
  /** Stands for the value in usage, in capitals; absent: the flag is a switch. */
  readonly value?: string;
  /** Works without a value, too; one is given with `=`, and is empty where there is none. */
  readonly isValueOptional?: true;
  /** The words that it takes; absent: any text. */
  readonly values?: readonly string[];
  /** May be given several times. */
  readonly repeated?: true;
  /** The command can't do without it. */
  readonly required?: true;
  /** What it does, in one line. */
  readonly about: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type Word<F extends Flag> = F extends { values: readonly (infer W)[] } ? W : string;

type ValueOf<F extends Flag> = F extends { value: string }
  ? F extends { repeated: true }
    ? readonly Word<F>[]
    : F extends { required: true }
      ? Word<F>
      : Word<F> | undefined
  : boolean;

/** The arguments of one call. */
export interface Arguments<F extends Flags> {
  readonly flags: { readonly [Name in keyof F]: ValueOf<F[Name]> };
  readonly operands: readonly string[];
}

interface Taker<F extends Flags> {
  readonly name: string;
  readonly operands?: string;
  readonly flags: F;
}

const HELP = { help: { about: 'print this' } } as const satisfies Flags;

/**
 * Reads the arguments of a command: flags anywhere, `--` before operands that begin with a dash.
 * `help` where --help or -h is among them. Throws UsageError with one line for a flag that the
 * command does not have, and for a value that it does not take.
 */
export function readArguments<F extends Flags>(
  { name, operands: takes, flags }: Taker<F>,
  args: readonly string[],
): Arguments<F> | 'help' {
  const refuse = (what: string) => new UsageError(`${what}; see ${calledAs()} ${name} --help`);
  const known: Flags = { ...flags, ...HELP };
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: parserOptions(known),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (!flag) throw refuse(unknownFlag(token.rawName, Object.keys(known)));
    values.set(token.name, [
      ...(values.get(token.name) ?? []),
      readValue(token.name, flag, token, refuse),
    ]);
  }
  if (values.has('help')) return 'help';
  if (takes === undefined && positionals[0] !== undefined) {
    throw refuse(`${name} takes no ${quoted(positionals[0])}`);
  }
  for (const [flag, { required, value }] of Object.entries(flags)) {
    if (required && !values.has(flag)) throw refuse(`${name} needs --${flag} ${value ?? ''}`);
  }
  const entries = Object.entries(flags).map(([flag, spec]) => [
    flag,
    valueOf(spec, values.get(flag)),
  ]);
  return {
    flags: Object.fromEntries(entries) as Arguments<F>['flags'],
    operands: positionals,
  };
}

function parserOptions(flags: Flags) {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { value, isValueOptional }]) => [
      name,
      {
        type: value === undefined || isValueOptional ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
}

interface OptionToken {
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function readValue(
  name: string,
  { value: placeholder, isValueOptional, values }: Flag,
  { value, inlineValue }: OptionToken,
  refuse: (what: string) => Error,
): string {
  if (placeholder === undefined) {
    if (value === undefined) return '';
    throw refuse(`--${name} takes no value`);
  }
  if (isValueOptional && value === undefined) return '';
  const isNextFlag =
    !inlineValue && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value === undefined || isNextFlag) throw refuse(`--${name} takes a value: ${placeholder}`);
  if (values && !values.includes(value)) {
    throw refuse(`--${name} takes ${listed(values)}, not ${quoted(value)}`);
  }
  return value;
}

/** Of a flag that is given twice the last one counts, as in kubectl. */
function valueOf({ value, repeated }: Flag, given: readonly string[] | undefined) {
  if (value === undefined) return given !== undefined;
  return repeated ? (given ?? []) : given?.at(-1);
}

function unknownFlag(raw: string, known: readonly string[]): string {
  const meant = closest(raw.replace(/^-+/, ''), known);
  return `unknown flag ${quoted(raw)}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}

import { type Output, run } from './output.ts';

/**
 * Runs an interactive shell on a terminal of its own, made by util-linux's `script`, and types
 * `keys` into it; a Tab asks for completion as a person's does.
 */
export async function typeInto(shell: string, keys: string): Promise<Output> {
  const env = { ...process.env, TERM: 'dumb', PS1: '> ' };
  return run('script', ['--quiet', '--command', shell, '/dev/null'], { stdin: keys, env });
}

/**
 * What to type to see what Tab makes of a line: the program's name stands for a function that prints
 * its arguments.
 */
export const TYPED = [
  'eni-config-guard() { echo "called: $*"; }',
  'eni-config-guard veri\t --outp\tj\t',
  'eni-config-guard status --output=j\t',
  'eni-config-guard completion fi\t',
  'eni-config-guard help fac\t',
  'exit',
  '',
];

/** What it prints then. zsh writes a flag and its value as one word. */
export const CALLED = [
  /called: verify --output[ =]json/,
  /called: status --output=json/,
  /called: completion fish/,
  /called: help facts/,
];

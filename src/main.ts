#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { UsageError } from './cli/usage-error.ts';

/** The command line becomes a call of one command. */

interface Command {
  readonly options: string;
  readonly about: string;
  /** Resolves with the exit status. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    options: '[--config FILE] [--host ADDRESS] [--port NUMBER]',
    about: 'answer admission reviews over HTTPS (default 127.0.0.1:8443)',
    run: async (args) => {
      const { config, host = '127.0.0.1', port = '8443' } = parse(args, 'config', 'host', 'port');
      const { serve } = await import('./cli/serve.ts');
      await serve({ config, host, port: readPort(port) });
      return 0;
    },
  },
  trust: {
    options: '--config FILE',
    about: 'make and renew certificates, and have the API server trust them',
    run: async (args) => {
      const { config } = parse(args, 'config');
      if (config === undefined) throw new UsageError(`trust needs --config\n${usage()}`);
      const { trust } = await import('./cli/trust.ts');
      return trust({ config });
    },
  },
  facts: {
    options: '[--config FILE] [--kubeconfig FILE] [--namespace NAME] [--output text|json]',
    about: 'print what the guard knows of a cluster, from where, and how old it is',
    run: async (args) => {
      const names = ['config', 'kubeconfig', 'namespace', 'output'] as const;
      const { output, ...options } = parse(args, ...names);
      const { printFacts } = await import('./cli/facts.ts');
      await printFacts({ ...options, output: readOutput(output) });
      return 0;
    },
  },
  status: {
    options: '[--config FILE] [--kubeconfig FILE] [--output text|json]',
    about: 'tell whether Terway pods can restart on what is stored: exit status 0 if so, else 1',
    run: async (args) => {
      const { output, ...options } = parse(args, 'config', 'kubeconfig', 'output');
      const { status } = await import('./cli/status.ts');
      return status({ ...options, output: readOutput(output) });
    },
  },
  verify: {
    options: '[--kubeconfig FILE]',
    about: 'see whether the cluster refuses a bad chain (dry run): exit status 0 if so, else 1',
    run: async (args) => {
      const { verify } = await import('./cli/verify.ts');
      return verify(parse(args, 'kubeconfig'));
    },
  },
  probe: {
    options: '--directory DIRECTORY [--output FILE]',
    about: "say which CNI plugins lie in a node's directory (default /dev/termination-log)",
    run: async (args) => {
      const { directory, output = '/dev/termination-log' } = parse(args, 'directory', 'output');
      if (directory === undefined) throw new UsageError(`probe needs --directory\n${usage()}`);
      const { probe } = await import('./cli/probe.ts');
      await probe({ directory, output });
      return 0;
    },
  },
};

function usage(): string {
  const commands = Object.entries(COMMANDS);
  const calls = commands.map(([name, { options }]) => `eni-config-guard ${name} ${options}`);
  const about = commands.map(([name, command]) => `  ${name.padEnd(8)} ${command.about}`);
  return `usage: ${calls.join('\n       ')}\n\n${about.join('\n')}\n`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name !== undefined && ['help', '--help', '-h'].includes(name)) {
    process.stdout.write(usage());
    return 0;
  }
  if (name === undefined) throw new UsageError(usage());
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`unknown command ${JSON.stringify(name)}\n${usage()}`);
  return command.run(rest);
}

/** The values of these options, all of them texts. */
function parse<Name extends string>(
  args: readonly string[],
  ...names: readonly Name[]
): Record<Name, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options });
    return values as Record<Name, string | undefined>;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage()}`);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function readOutput(text = 'text'): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text;
  throw new UsageError(`--output takes text or json, not ${JSON.stringify(text)}`);
}

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;

try {
  // Connections that silent clients keep open end with the process.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof Error && ['UsageError', 'ConfigError'].includes(error.name);
  process.stderr.write(
    isUsage
      ? `eni-config-guard: ${error.message.trimEnd()}\n`
      : `${String((error as Error).stack)}\n`,
  );
  // 1 means that something was denied, so a crash has a status of its own.
  process.exit(isUsage ? 2 : INTERNAL_ERROR);
}

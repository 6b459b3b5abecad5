#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { UsageError } from './commands/usage-error.ts';

/** Composition only: the command line becomes a call of one command. */

const USAGE = `usage: eni-config-guard serve [--config FILE] [--host ADDRESS] [--port NUMBER]
       eni-config-guard status [--config FILE] [--kubeconfig FILE] [--output text|json]
       eni-config-guard facts [--config FILE] [--kubeconfig FILE] [--output text|json]

  serve    answer admission reviews over HTTPS (default 127.0.0.1:8443)
  status   tell whether Terway pods can restart on what is stored: exit status 0 if so, else 1
  facts    print what the guard knows of a cluster, from where, and how old it is
`;

/** Resolves with the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'serve':
      return serveCommand(rest);
    case 'status':
      return statusCommand(rest);
    case 'facts':
      return factsCommand(rest);
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return 0;
    default:
      throw new UsageError(
        command === undefined ? USAGE : `unknown command ${JSON.stringify(command)}\n${USAGE}`,
      );
  }
}

async function serveCommand(args: readonly string[]): Promise<number> {
  const values = parse(args, ['config', 'host', 'port']);
  const { serve } = await import('./commands/serve.ts');
  await serve({
    config: values.config,
    host: values.host ?? '127.0.0.1',
    port: readPort(values.port ?? '8443'),
  });
  return 0;
}

async function statusCommand(args: readonly string[]): Promise<number> {
  const { status } = await import('./commands/status.ts');
  return status(parseReport(args));
}

async function factsCommand(args: readonly string[]): Promise<number> {
  const { printFacts } = await import('./commands/facts.ts');
  await printFacts(parseReport(args));
  return 0;
}

/** The options of a command that prints something about a cluster. */
function parseReport(args: readonly string[]) {
  const { config, kubeconfig, output = 'text' } = parse(args, ['config', 'kubeconfig', 'output']);
  if (output !== 'text' && output !== 'json') {
    throw new UsageError(`--output takes text or json, not ${JSON.stringify(output)}`);
  }
  return { config, kubeconfig, output } as const;
}

/** The values of these options, all of them texts. */
function parse<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options });
    return values as Partial<Record<Name, string>>;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;

try {
  // Whatever a silent client still holds open ends with the process.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof Error && ['UsageError', 'ConfigError'].includes(error.name);
  process.stderr.write(
    isUsage
      ? `eni-config-guard: ${error.message.trimEnd()}\n`
      : `${String((error as Error).stack)}\n`,
  );
  // 1 means that something was denied; a crash is none of the contract's answers.
  process.exit(isUsage ? 2 : INTERNAL_ERROR);
}

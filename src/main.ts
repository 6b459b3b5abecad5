#!/usr/bin/env node
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './commands/usage-error.ts';

/** Composition only: the command line becomes a call of one command. */

const USAGE = `usage: eni-config-guard serve [--config FILE] [--host ADDRESS] [--port NUMBER]
       eni-config-guard verify [--kubeconfig FILE]
       eni-config-guard probe --directory DIRECTORY [--output FILE]

  serve   answer admission reviews over HTTPS (default 127.0.0.1:8443)
  verify  see whether the cluster refuses a bad chain (dry run); 0 it does, 1 it does not
  probe   say which CNI plugins lie in a node's directory (default /dev/termination-log)
`;

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case 'serve':
      return serveCommand(rest);
    case 'verify':
      return verifyCommand(rest);
    case 'probe':
      return probeCommand(rest);
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return;
    default:
      throw new UsageError(
        command === undefined ? USAGE : `unknown command ${JSON.stringify(command)}\n${USAGE}`,
      );
  }
}

async function serveCommand(args: readonly string[]): Promise<void> {
  const { values } = parse(args, {
    config: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
  });
  const { serve } = await import('./commands/serve.ts');
  await serve({
    config: values.config,
    host: values.host ?? '127.0.0.1',
    port: readPort(values.port ?? '8443'),
  });
}

async function verifyCommand(args: readonly string[]): Promise<void> {
  const { values } = parse(args, { kubeconfig: { type: 'string' } });
  const { connect } = await import('./cluster/api.ts');
  const { verify } = await import('./commands/verify.ts');
  const { outcome, message } = await verify(connect({ kubeconfig: values.kubeconfig }));
  process.stdout.write(`${message}\n`);
  process.exitCode = { guarded: 0, open: 1, unknown: 2 }[outcome];
}

async function probeCommand(args: readonly string[]): Promise<void> {
  const { values } = parse(args, { directory: { type: 'string' }, output: { type: 'string' } });
  const { directory, output = '/dev/termination-log' } = values;
  if (directory === undefined) throw new UsageError(`probe needs --directory\n${USAGE}`);
  const { probe } = await import('./commands/probe.ts');
  await probe({ directory, output });
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options });
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
  await main(process.argv.slice(2));
  // Whatever a silent client still holds open ends with the process.
  process.exit();
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

#!/usr/bin/env node
import { run } from './cli/run.ts';

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;

try {
  // Connections that silent clients keep open end with the process.
  process.exit(await run(process.argv.slice(2)));
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

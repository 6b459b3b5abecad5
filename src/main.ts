#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { run } from './cli/run.ts';

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;

const args = process.argv.slice(2);

// An exit waits for V8's compilers of baseline code, and one that finds no room for its code waits for the
// main thread to collect garbage: then neither ends, which was seen of `nodes` on a busy machine. Without
// threads there is nothing to wait for. A guard compiles nothing any more when it ends.
if (args[0] !== 'serve') setFlagsFromString('--no-concurrent-sparkplug');

try {
  // Connections that silent clients keep open end with the process.
  process.exit(await run(args));
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

import { readFileSync } from 'node:fs';
import type { ServerConfig } from '../../config/config.ts';
import { printable } from '../../engine/text/text.ts';
import { WebhookPaths } from '../../server/paths.ts';
import { UsageError } from '../usage-error.ts';

/** What a segment of a webhook's path may be, as the API server has it, without the dots. */
const TOKEN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The paths to answer at, by the configuration; UsageError when the file of tokens can't be used. */
export function webhookPaths({ pathTokensFile: file }: ServerConfig): WebhookPaths {
  if (file === undefined) return new WebhookPaths();
  const tokens = readTokens(file)
    .split('\n')
    .filter((line) => line !== '');
  // A line is not shown: it may be a token with a slip in it.
  const wrong = tokens.findIndex((token) => !TOKEN.test(token));
  if (wrong !== -1) {
    throw new UsageError(
      `${printable(file)}: token ${wrong + 1} is not up to 63 lower-case letters, digits and hyphens`,
    );
  }
  return new WebhookPaths(tokens);
}

function readTokens(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `server.pathTokensFile ${printable(file)} can't be read (${code ?? 'error'})`,
    );
  }
}

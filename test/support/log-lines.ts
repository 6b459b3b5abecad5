import type { Logger } from '../../src/log.ts';

/** A logger that keeps what it is told, one text a call. */
export function logLines(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (...entry: unknown[]) =>
      void lines.push(`${level} ${JSON.stringify(entry)}`);
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { log: log, lines };
}

import type { Logger } from '../../src/log.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps what it is told, as JSON would carry it. */
export function keepLines(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: LogLine['level']) =>
    (fields: unknown, message = '') =>
      void lines.push({
        level,
        fields: JSON.parse(JSON.stringify(fields)) as LogLine['fields'],
        message,
      });
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { log, lines };
}

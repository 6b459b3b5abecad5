const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `10m`, `1h` in milliseconds; undefined for other texts and for more than a day. */
export function durationMs(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const ms = Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return ms <= 24 * UNITS_MS.h ? ms : undefined;
}

import type { ConfigMap } from '../../engine/core/eni-config.ts';

/** What eni-config held from a moment on, compared with what it holds today. */
export interface ChainPeriod {
  /** In milliseconds since 1970, by the clock of the API server. */
  readonly since: number;
  /** `unknown` where what was stored then is not known. */
  readonly chain: 'current' | 'former' | 'unknown';
  /** What was stored; undefined where it is not known. */
  readonly object?: ConfigMap | undefined;
  /** The number of its revision, where there is a history. */
  readonly revision?: number;
}

/** How the chain came to be what it is today. */
export interface ChainPast {
  /** Oldest first; before the first nothing is known. Empty: nothing at all is. */
  readonly periods: readonly ChainPeriod[];
  /** What tells it: the guard's history, or when managed fields of eni-config were last written. */
  readonly origin: 'history' | 'managed-fields' | 'nothing';
}

/** The periods that reach into the time from `from` to `to`; undefined stands for what was before all. */
export function periodsWithin(
  { periods }: ChainPast,
  from: number,
  to: number,
): readonly (ChainPeriod | undefined)[] {
  const within: (ChainPeriod | undefined)[] = [];
  const [first] = periods;
  if (!first || from < first.since) within.push(undefined);
  for (const [index, period] of periods.entries()) {
    const end = periods[index + 1]?.since ?? Infinity;
    if (period.since <= to && end > from) within.push(period);
  }
  return within;
}

/**
 * Since when nodes that have not restarted run something else than they would get: the beginning of
 * the last period, and of those before it that held the same. Undefined where that is not known.
 */
export function currentSince({ periods }: ChainPast): number | undefined {
  const lastOther = periods.findLastIndex(({ chain }) => chain !== 'current');
  return periods[lastOther + 1]?.since;
}

import type { Verdict } from '../core/review.ts';

/** Why a write may be let through although rules refuse it. */
export const EXEMPTION_SOURCES = ['user', 'group', 'break-glass'] as const;
export type ExemptionSource = (typeof EXEMPTION_SOURCES)[number];

/**
 * The exemption without which a write would have been refused; undefined where there was none, or
 * nothing to forgive: an exempt identity that makes a good change is no news.
 */
export function usedExemption({ exemption, findings }: Verdict): ExemptionSource | undefined {
  if (exemption === undefined || !findings.some(({ unmodified }) => unmodified === 'deny')) {
    return undefined;
  }
  // The first word says which: `user alice`, `group admins`, `break-glass until ...`.
  return EXEMPTION_SOURCES.find((source) => exemption.startsWith(source));
}

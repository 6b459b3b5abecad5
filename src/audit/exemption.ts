import type { RestartOutcome } from '../admission/restart-gate.ts';
import type { Exemption } from '../engine/core/exemption.ts';
import { outagesIn } from '../engine/core/review-stored.ts';
import type { Verdict } from '../engine/core/review.ts';

/** Why a write may be let through although rules refuse it. */
export const EXEMPTION_SOURCES = [
  'user',
  'group',
  'break-glass',
] as const satisfies readonly Exemption['source'][];

/**
 * The exemption without which a write would have been refused; undefined where there was none, or
 * nothing to forgive: an exempt identity that makes a good change is no news.
 */
export function usedExemption({ exemption, findings }: Verdict): Exemption | undefined {
  return findings.some(({ exempted }) => exempted) ? exemption : undefined;
}

/** The exemption that let Terway be restarted on an object that takes nodes down. */
export function usedForRestart({ review, verdict }: RestartOutcome): Exemption | undefined {
  return review.response.allowed && verdict && outagesIn(verdict).length > 0
    ? verdict.exemption
    : undefined;
}

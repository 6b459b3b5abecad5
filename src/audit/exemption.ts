import type { Outcome } from '../admission/outcome.ts';
import type { Exemption } from '../engine/core/exemption.ts';

/** Why a write or a restart may be let through although rules refuse it. */
export const EXEMPTION_SOURCES = [
  'user',
  'group',
  'break-glass',
] as const satisfies readonly Exemption['source'][];

/**
 * The exemption without which a call would have been refused. Undefined where there was none, and
 * where it was not needed: a good change by an exempt user is nothing to report.
 */
export function usedExemption({
  response,
  objections = [],
  exemption,
}: Outcome): Exemption | undefined {
  return response.allowed && objections.length > 0 ? exemption : undefined;
}

import type { Problem } from '../core/finding.ts';
import type { ReviewContext } from '../core/rule.ts';
import type { VersionGap } from '../reading/version-gap.ts';
import { describeGap } from './version-text.ts';

/**
 * A gap as the part of a problem that is not its place. An unknown version warns or denies, as the
 * policy says; an estimated one never denies.
 */
export function problemOf(
  gap: VersionGap,
  { facts, policy }: ReviewContext,
): Pick<Problem, 'severity' | 'isGuess'> & ReturnType<typeof describeGap> {
  return {
    ...describeGap(gap, facts),
    ...(gap.kind === 'unknown' ? { severity: policy.onUnknownVersion } : {}),
    ...(gap.installed?.isEstimate ? { isGuess: true } : {}),
  };
}

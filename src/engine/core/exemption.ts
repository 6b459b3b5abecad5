import type { BreakGlassAnswer } from './break-glass.ts';
import type { User } from './eni-config.ts';
import type { Policy } from './policy.ts';
import { printable } from '../text/text.ts';

/**
 * Why a write was let through though a rule would refuse it: who the writer is, or break-glass. Its
 * texts are printable and bounded.
 */
export type Exemption =
  | { readonly source: 'user' | 'group'; readonly name: string }
  | { readonly source: 'break-glass'; readonly reason: string; readonly until: string };

/** The exemption of a user by name or group; undefined when the policy exempts neither. */
export function exemptionOf({ name, groups }: User, { exempt }: Policy): Exemption | undefined {
  if (exempt.users.has(name)) return { source: 'user', name: printable(name) };
  const group = groups.find((member) => exempt.groups.has(member));
  return group === undefined ? undefined : { source: 'group', name: printable(group) };
}

/** The exemption that break-glass gives; undefined where it was not used. */
export function exemptionBy(answer: BreakGlassAnswer | undefined): Exemption | undefined {
  if (answer?.status !== 'used') return undefined;
  return { source: 'break-glass', reason: answer.reason, until: answer.until };
}

/** `user system:ack`, `break-glass until 2026-01-31T18:00:00Z: ticket 4711`: for the audit trail. */
export function exemptionInWords(exemption: Exemption): string {
  return exemption.source === 'break-glass'
    ? `break-glass until ${exemption.until}: ${exemption.reason}`
    : `${exemption.source} ${exemption.name}`;
}

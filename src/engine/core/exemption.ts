/**
 * Why a write was let through though a rule would refuse it: who the writer is, or break-glass. Its
 * texts are printable and bounded.
 */
export type Exemption =
  | { readonly source: 'user' | 'group'; readonly name: string }
  | { readonly source: 'break-glass'; readonly reason: string; readonly until: string };

/** `user system:ack`, `break-glass until 2026-01-31T18:00:00Z: ticket 4711`: for the audit trail. */
export function exemptionInWords(exemption: Exemption): string {
  return exemption.source === 'break-glass'
    ? `break-glass until ${exemption.until}: ${exemption.reason}`
    : `${exemption.source} ${exemption.name}`;
}

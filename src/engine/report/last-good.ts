/** The newest revision of eni-config that the rules of today accept. */
export interface LastGoodRevision {
  readonly number: number;
  /** When a guard saw it, as RFC 3339. */
  readonly at: string;
  /** It is what is stored. */
  readonly stands: boolean;
}

/** What a refusal says of it, as one line. */
export function describeLastGood({ number, at, stands }: LastGoodRevision): string {
  const when = `${at.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
  const revision = `last good: revision ${number} of ${when}`;
  return stands
    ? `${revision}, which is stored`
    : `${revision}: eni-config-guard rollback ${number}`;
}

import type { ConfigMap } from '../core/eni-config.ts';

/** The newest revision of eni-config that the rules of today accept. */
export interface LastGoodRevision {
  readonly number: number;
  /** When a guard saw it, as RFC 3339. */
  readonly at: string;
  readonly object: ConfigMap;
}

/**
 * What a refusal says of it, as one line. `stored` is what the review says is stored: the history may
 * be a second behind.
 */
export function describeLastGood(
  { number, at, object }: LastGoodRevision,
  stored: ConfigMap | undefined,
): string {
  const revision = `last good: revision ${number}`;
  if (stored && isSame(stored.data, object.data) && isSame(stored.binaryData, object.binaryData)) {
    return `${revision}, which is stored`;
  }
  const when = `${at.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
  return `${revision} of ${when}: eni-config-guard rollback ${number}`;
}

const isSame = (some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>) =>
  some.size === others.size && [...some].every(([key, text]) => others.get(key) === text);

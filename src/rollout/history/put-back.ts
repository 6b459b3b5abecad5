import { decide, denialsIn } from '../../engine/core/decide.ts';
import type { ConfigMap } from '../../engine/core/eni-config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import type { DecidedFinding } from '../../engine/core/finding.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { review } from '../../engine/rules/index.ts';
import { ApiError, type ApiServer } from '../../kube/api.ts';
import { type StoredVersion, writeRollback } from './rollback.ts';

/** Texts to be put back, and what decides on that. */
export interface PutBack {
  readonly target: ConfigMap;
  /** What they take the place of; undefined: there is no eni-config. */
  readonly stored: StoredVersion | undefined;
  readonly facts: Facts;
  readonly policy: Policy;
  /** Whether to write what the rules accept; asked once. */
  readonly isWanted: () => Promise<boolean>;
  readonly onWarnings: (warnings: readonly string[]) => void;
}

/** What came of it. */
export type PutBackEnd =
  | { readonly how: 'written' | 'unwanted' }
  | { readonly how: 'denied'; readonly denials: readonly DecidedFinding[] }
  | { readonly how: 'failed'; readonly error: ApiError };

/**
 * Puts texts back: judged by today's rules, asked for, and written with the caller's rights and through
 * the guard.
 */
export async function putBack(
  api: ApiServer,
  { target, stored, facts, policy, isWanted, onWarnings }: PutBack,
): Promise<PutBackEnd> {
  const change = { operation: stored ? 'UPDATE' : 'CREATE', old: stored?.configMap } as const;
  const verdict = decide(review({ ...change, new: target }, facts, policy), policy);
  if (!verdict.allowed) return { how: 'denied', denials: denialsIn(verdict) };
  if (!(await isWanted())) return { how: 'unwanted' };
  try {
    await writeRollback(api, target, stored, onWarnings);
    return { how: 'written' };
  } catch (error) {
    if (error instanceof ApiError) return { how: 'failed', error };
    throw error;
  }
}

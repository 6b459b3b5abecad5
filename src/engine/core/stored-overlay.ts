import { type Verdict, decide } from './decide.ts';
import { type ConfigMap, ENI_CONF_KEY } from './eni-config.ts';
import type { Facts } from './facts.ts';
import type { ReviewSettings } from './policy.ts';
import type { Review } from './review.ts';

/** An overlay that nodes name, as it is stored. */
export interface OverlayInUse {
  readonly name: string;
  /** Nodes that name it. */
  readonly nodes: number;
  /** Undefined when there is no such ConfigMap. */
  readonly object: ConfigMap | undefined;
}

/** The same, judged merged over the stored eni-config. */
export interface StoredOverlay extends OverlayInUse {
  readonly verdict: Verdict;
}

/** Whether a label points to nothing: the object is not there, or lacks the key that counts. */
export const isDangling = ({ object }: OverlayInUse) => !object?.data.has(ENI_CONF_KEY);

/** Whether nodes lack their settings, or their daemon does not start with them. */
export const isOverlayBroken = (overlay: StoredOverlay) =>
  isDangling(overlay) || !overlay.verdict.allowed;

/**
 * Judges an overlay as if it were created now, merged over `base`; undefined: eni-config does not
 * exist. As with the stored object no mode and no exemption counts. Pure and total.
 */
export type StoredOverlayReview = (
  overlay: OverlayInUse,
  base: ConfigMap | undefined,
  facts: Facts,
  settings: ReviewSettings,
) => StoredOverlay;

/** Builds `reviewStoredOverlay()` from `review()`, without remarks about a write. */
export function createStoredOverlayReview(review: Review): StoredOverlayReview {
  return (inUse, base, facts, settings) => {
    const { name, object } = inUse;
    const written = {
      operation: 'CREATE',
      old: undefined,
      new: object,
      overlay: { name, base },
    } as const;
    const found = object ? review(written, facts, settings) : [];
    const findings = found.filter(({ advisory }) => !advisory);
    return { ...inUse, verdict: decide(findings, { rules: settings.rules }) };
  };
}

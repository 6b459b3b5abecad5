import type { Facts } from '../engine/core/facts.ts';
import { parseVersion } from '../engine/core/version.ts';
import type { Restart } from './request.ts';

/**
 * What will be known of the cluster once its Terway pods are replaced: they run the release of the
 * new template. An upgrade is not refused for what it mends itself, and a downgrade may break what is
 * fine today.
 */
export function factsAfter(facts: Facts, { image }: Restart): Facts {
  const version = image.after === undefined ? undefined : parseVersion(image.after);
  if (version) return { ...facts, terway: { value: version, source: { kind: 'pod-template' } } };
  if (image.after === image.before) return facts;
  const others: { -readonly [Name in keyof Facts]: Facts[Name] } = { ...facts };
  delete others.terway;
  return others;
}

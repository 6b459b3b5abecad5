import { KEY_NAMES } from '../catalogue/keys.ts';
import { CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { ReviewContext } from '../core/rule.ts';

/** What few writes have as a whole, and what is known of few clusters. */
export type WriteTrait =
  /** Nothing is left. */
  | 'deletion'
  | 'immutable'
  | 'binary-data'
  | 'no-conf'
  | 'no-eni-conf'
  /** A key that no program reads. */
  | 'unknown-key'
  /** The node probe has looked at nodes. */
  | 'probed-nodes'
  /** Some nodes are known to be in exclusive-ENI mode. */
  | 'exclusive-eni-nodes';

export function writeTraits({ change, object, facts }: ReviewContext): WriteTrait[] {
  const found: WriteTrait[] = [];
  const { data, binaryData, immutable } = object;
  if (change.operation === 'DELETE') found.push('deletion');
  if (immutable) found.push('immutable');
  if (binaryData.size > 0) found.push('binary-data');
  if (!data.has(CONF_KEY)) found.push('no-conf');
  if (!data.has(ENI_CONF_KEY)) found.push('no-eni-conf');
  if (hasUnknown(data) || hasUnknown(binaryData)) found.push('unknown-key');
  if (facts.binaries) found.push('probed-nodes');
  if (facts.exclusiveEniNodes) found.push('exclusive-eni-nodes');
  return found;
}

function hasUnknown(texts: ReadonlyMap<string, string>): boolean {
  for (const key of texts.keys()) if (!KEY_NAMES.includes(key)) return true;
  return false;
}

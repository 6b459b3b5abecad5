import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, type ChainKey, type ConfigMap } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { isNewer } from '../core/version.ts';
import { allPass, isKnownEverywhere, oneMayPass } from './installed.ts';

/** Which of an object's chains Terway reads. */

const holds = ({ data, binaryData }: ConfigMap, key: string) =>
  data.has(key) || binaryData.has(key);

/** Whether a node may read cni_chain: all but those that are known to run an older Terway. */
export const mayReadCniChain = ({ terway }: Facts): boolean =>
  oneMayPass(terway, (version) => isNewer(version, CNI_CHAIN_UNREAD_UP_TO));

/** Whether every node is known to run a Terway that reads cni_chain. */
export const isReadEverywhere = ({ terway }: Facts): boolean =>
  terway !== undefined &&
  isKnownEverywhere(terway) &&
  allPass(terway, (version) => isNewer(version, CNI_CHAIN_UNREAD_UP_TO));

/** The key under which the chain stands that counts; undefined where Terway makes its own. */
export function countingKey(object: ConfigMap, facts: Facts): ChainKey | undefined {
  if (holds(object, CNI_CHAIN_KEY) && mayReadCniChain(facts)) return CNI_CHAIN_KEY;
  return holds(object, CONFLIST_KEY) ? CONFLIST_KEY : undefined;
}

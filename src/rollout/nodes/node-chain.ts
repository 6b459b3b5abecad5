import { CNI_CHAIN_UNREAD_UP_TO } from '../../engine/catalogue/cni-chain.ts';
import { CNI_CHAIN_KEY, type ConfigMap } from '../../engine/core/eni-config.ts';
import { type Facts, NO_FACTS } from '../../engine/core/facts.ts';
import { type Version, isNewer } from '../../engine/core/version.ts';
import { quoted } from '../../engine/text/text.ts';
import type { ListedNode } from '../../facts/listed-node.ts';
import type { TerwayPod } from '../../facts/terway-pods.ts';
import type { ChainPast } from './chain-periods.ts';
import { type NodeChain, chainOf } from './chain-state.ts';

/** What a node runs, by its labels, its Terway pod, what is stored and what was. Pure. */
export function chainOfNode(
  { mode, overlay }: ListedNode,
  pod: TerwayPod | undefined,
  stored: ConfigMap | undefined,
  past: ChainPast,
): NodeChain {
  if (mode === 'windows') return ignored('a Windows node does not read the chain');
  if (mode === 'virtual') return ignored('a virtual node has no Terway');
  const readsCniChain = pod?.version !== undefined && isNewer(pod.version, CNI_CHAIN_UNREAD_UP_TO);
  if (mode === 'exclusive-eni' && !(readsCniChain && hasCniChain(stored))) {
    return ignored('a node in exclusive-ENI mode does not read the chain');
  }
  if (overlay !== undefined && readsCniChain) {
    const name = quoted(overlay);
    const why = `its label terway-config names ${name}, and what cni_chain stood there is not kept`;
    return { state: 'unsure', why };
  }
  return chainOf(pod, past);
}

const ignored = (why: string): NodeChain => ({ state: 'ignored', why });

const hasCniChain = (object: ConfigMap | undefined) => object?.data.has(CNI_CHAIN_KEY) === true;

/** The facts of a node with this release of Terway. */
export function factsOf(terway: Version | undefined): Facts {
  if (!terway) return NO_FACTS;
  return { ...NO_FACTS, terway: { value: terway, source: { kind: 'pod-template' } } };
}

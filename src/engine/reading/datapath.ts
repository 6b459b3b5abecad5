import { AUTO_DATAPATH_V2_SINCE } from '../catalogue/plugins/terway.ts';
import { readChain } from '../core/chain.ts';
import {
  CONFLIST_KEY,
  CONF_KEY,
  type ChainKey,
  type ConfigMap,
  type DocumentKey,
  formatOf,
} from '../core/eni-config.ts';
import { originOf, shareOf } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import { createDocumentReader } from '../json/document-reader.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode } from '../json/node.ts';
import type { ReviewContext } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { type Version, isAtLeast } from '../core/version.ts';
import { allPass, matchingNodes, isKnownEverywhere } from './installed.ts';
import { entriesOf } from './decoded-entries.ts';
import { countingKey } from './counting-chain.ts';
import { type DecodedObject, scalarAt } from './decoded-object.ts';

/** Which datapath the nodes of a cluster use. */

export interface DatapathAnswer {
  readonly datapath: 'veth' | 'datapathv2' | 'mixed' | 'unknown';
  readonly origin: string;
}

/** What the datapath depends on: an object, what its documents hold, and facts. */
export type DatapathInput = Pick<ReviewContext, 'object' | 'document' | 'chain' | 'facts'>;

/** The datapath that Terway gets from an object outside a review, as it is stored. */
export function storedDatapath(object: ConfigMap, facts: Facts): DatapathAnswer {
  const read = createDocumentReader();
  const document = (key: DocumentKey) => {
    const text = object.data.get(key);
    return text === undefined ? undefined : read(text, formatOf(key));
  };
  const chain = (key: ChainKey) => {
    const text = document(key);
    return text && readChain(text, key);
  };
  return datapathOf({ object, document, chain, facts });
}

/**
 * The datapath: the fact if there is one, else what Terway computes from the effective entry (the
 * chain's terway entry, or 10-terway.conf), its release on each node and disable_network_policy.
 */
export function datapathOf(input: DatapathInput): DatapathAnswer {
  const { facts, object } = input;
  if (facts.datapath) {
    return { datapath: facts.datapath.value, origin: originOf(facts.datapath, facts) };
  }
  const entry = effectiveEntry(input);
  if (!entry) return { datapath: 'unknown', origin: 'the terway entry cannot be read' };
  const text = (name: string) => {
    const value: unknown = exactMember(entry, name)?.value.value;
    return typeof value === 'string' ? value : '';
  };
  const written = text('eniip_virtual_type');
  const type = written.toLowerCase();
  if (type === 'datapathv2') {
    return { datapath: 'datapathv2', origin: 'eniip_virtual_type is datapathv2' };
  }
  const isIpvlan = type === 'ipvlan';
  if (!isIpvlan && object.binaryData.has(POLICY_KEY)) {
    return { datapath: 'unknown', origin: `${POLICY_KEY} stands in binaryData` };
  }
  const isEbpf = text('network_policy_provider') === 'ebpf' && isPolicyEnabled(object);
  if (!isIpvlan && !isEbpf) {
    const origin =
      written === ''
        ? 'the terway entry has no eniip_virtual_type'
        : `eniip_virtual_type is ${quoted(written)}`;
    return { datapath: 'veth', origin };
  }
  const origin = isIpvlan ? 'eniip_virtual_type is ipvlan' : 'network_policy_provider is ebpf';
  return automaticDatapath(facts, origin);
}

/** The datapaths on which Terway starts a cilium-agent, whatever serves NetworkPolicy. */
const WITH_AGENT: readonly string[] = ['datapathv2', 'ipvlan'];

/**
 * Whether a cilium-agent is known to be missing: on veth it runs for eBPF policy only, also where
 * policy is switched off. Source: Terway's cmd/terway-cli/policy.go.
 */
export const lacksCiliumAgent = (context: ReviewContext): boolean =>
  context.memo(computeLackOfAgent);

function computeLackOfAgent(context: ReviewContext): boolean {
  const { datapath } = context.memo(datapathOf);
  const entry = effectiveEntry(context);
  if (!entry || datapath !== 'veth') return false;
  const text = (name: string): unknown => exactMember(entry, name)?.value.value;
  const type = text('eniip_virtual_type');
  if (typeof type === 'string' && WITH_AGENT.includes(type.toLowerCase())) return false;
  return text('network_policy_provider') !== 'ebpf';
}

/** What ipvlan or eBPF policy comes to, `reason`, with the Terway releases on the nodes. */
function automaticDatapath({ terway }: Facts, reason: string): DatapathAnswer {
  if (!terway || !isKnownEverywhere(terway)) {
    const { unknown, total = 0 } = terway?.spread ?? {};
    const where = unknown?.count ? ` on ${shareOf(unknown, total)}` : '';
    return { datapath: 'unknown', origin: `${reason}, Terway version unknown${where}` };
  }
  const isAutomatic = (version: Version) => isAtLeast(version, AUTO_DATAPATH_V2_SINCE);
  if (allPass(terway, isAutomatic)) return { datapath: 'datapathv2', origin: reason };
  const { nodes } = matchingNodes(terway, isAutomatic) ?? {};
  if (!nodes) return { datapath: 'veth', origin: reason };
  const share = `${shareOf(nodes, terway.spread?.total ?? 0)} ${nodes.count === 1 ? 'has' : 'have'}`;
  const releases = `Terway ${AUTO_DATAPATH_V2_SINCE} or newer`;
  return { datapath: 'mixed', origin: `${reason}, and ${share} ${releases}` };
}

/** With cni_chain, as without a chain, terway's entry is 10-terway.conf. */
function effectiveEntry({ object, document, chain, facts }: DatapathInput): JsonNode | undefined {
  if (countingKey(object, facts) !== CONFLIST_KEY) return document(CONF_KEY)?.root;
  return chain(CONFLIST_KEY)?.find(({ type }) => type === 'terway')?.node;
}

export const POLICY_KEY = 'disable_network_policy';

/** Whether NetworkPolicy counts. Source: cmd/terway-cli/common.go; every other text switches it off. */
export function isPolicyEnabled({ data }: ConfigMap): boolean {
  return ['', 'false', '0'].includes(data.get(POLICY_KEY) ?? '');
}

/**
 * Whether a chain is for access from the internet: a conflist by its own entry of terway, cni_chain
 * by 10-terway.conf. Source: ACK's custom-chain page.
 */
export function isPublicAccess(context: ReviewContext, key: DecodedObject['key']): boolean {
  if (key === CONFLIST_KEY) return context.memo(isConflistPublic);
  const conf = context.document(CONF_KEY)?.root;
  return conf !== undefined && exactMember(conf, 'symmetric_routing')?.value.value === true;
}

const isConflistPublic = (context: ReviewContext): boolean =>
  entriesOf(context, 'terway').some((entry) => scalarAt(entry, 'symmetric_routing') === true);

/** Whether access from the internet is refused without masqAll in portmap. */
export const needsMasqAll = (context: ReviewContext, key: DecodedObject['key']): boolean =>
  context.memo(datapathOf).datapath === 'datapathv2' && isPublicAccess(context, key);

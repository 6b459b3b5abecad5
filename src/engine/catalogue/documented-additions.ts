/**
 * Members of 10-terway.conf that the vendor documents as edits of that file. With
 * `firstEntry: documented` they may be added in the chain's first entry.
 */
export interface DocumentedAddition {
  /** The name of the member; with `isPrefix`, how it begins. */
  readonly name: string;
  readonly isPrefix?: true;
  /** The one member inside it that is meant. */
  readonly member?: string;
  /** The document that tells to set it. */
  readonly document: string;
  /** Nodes on which no program reads it in the chain, in words. */
  readonly unreadOn: string;
}

/** Exclusive-ENI nodes get a fixed list instead of the chain, Windows nodes a file of their own. */
const NO_CHAIN = 'exclusive-ENI nodes and Windows nodes';
/** Source: terway-cli policy starts cilium-agent where the datapath or the policy engine needs it. */
const NO_AGENT = `nodes without cilium-agent (veth with iptables policy), ${NO_CHAIN}`;
const HUBBLE = {
  document: "Terway's page on Hubble",
  unreadOn: NO_AGENT,
};

export const DOCUMENTED_ADDITIONS: readonly DocumentedAddition[] = [
  {
    name: 'enable_network_priority',
    document: "Terway's page on QoS",
    unreadOn: NO_CHAIN,
  },
  {
    name: 'cilium_args',
    document: "ACK's page on Terway's parameters",
    unreadOn: NO_AGENT,
  },
  { name: 'cilium_enable_hubble', ...HUBBLE },
  { name: 'cilium_hubble_', isPrefix: true, ...HUBBLE },
  {
    name: 'host_stack_cidrs',
    document: "Terway's page on host stack CIDRs",
    unreadOn: `nodes with the veth datapath, Datapath V2 before Terway 1.15.2, ${NO_CHAIN}`,
  },
  {
    name: 'capabilities',
    member: 'bandwidth',
    document: "ACK's page on Terway's parameters",
    unreadOn: NO_CHAIN,
  },
];

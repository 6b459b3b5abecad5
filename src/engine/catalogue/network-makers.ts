/**
 * Plugins that make the network of a pod, by type: its interface, its addresses, or all of it. After
 * terway, which has made it, each of them breaks pods.
 */
export interface NetworkMaker {
  /** What it does to new pods after terway, to follow the name of the plugin. */
  readonly effect: string;
  /** The same without an `ipam` in its entry, where that differs. */
  readonly withoutIpam?: string;
  /** Where the effect is known from. */
  readonly source: string;
}

/** Shown in a network namespace as terway leaves it, with containernetworking/plugins 1.9.1. */
const RUN = 'run: containernetworking/plugins 1.9.1';

const EVERY_POD = 'every new pod fails';

const SECOND_INTERFACE: NetworkMaker = {
  effect: `makes the interface of the pod, which terway has made already: ${EVERY_POD}`,
  source: RUN,
};

const SECOND_ADDRESS: NetworkMaker = {
  effect: "replaces terway's result: pods report an address that they do not have",
  withoutIpam: `needs an "ipam" to hand out addresses from: ${EVERY_POD}`,
  source: RUN,
};

/** The plugins of other networks; what they do to a pod of terway has not been run. */
const otherNetwork = (source: string): NetworkMaker => ({
  effect:
    'makes the network of a pod by itself, as terway does: new pods fail, or report an address that terway does not know',
  source: `read only: ${source}`,
});

const OTHERS = {
  'antrea-io/antrea': ['antrea'],
  'aws/amazon-vpc-cni-k8s': ['aws-cni'],
  'Azure/azure-container-networking': ['azure-vnet', 'azure-vnet-ipam'],
  'cni-genie/CNI-Genie': ['genie'],
  'flannel-io/cni-plugin': ['flannel'],
  'k8snetworkplumbingwg/multus-cni': ['multus', 'multus-shim'],
  'k8snetworkplumbingwg/ovs-cni': ['ovs'],
  'k8snetworkplumbingwg/sriov-cni': ['sriov', 'ib-sriov'],
  'k8snetworkplumbingwg/whereabouts': ['whereabouts'],
  'kubeovn/kube-ovn': ['kube-ovn'],
  'ovn-kubernetes/ovn-kubernetes': ['ovn-k8s-cni-overlay'],
  'projectcalico/calico': ['calico', 'calico-ipam'],
  'spidernet-io/spiderpool': ['spiderpool'],
  'weaveworks/weave': ['weave-ipam', 'weave-net'],
} as const;

export const NETWORK_MAKERS: ReadonlyMap<string, NetworkMaker> = new Map<string, NetworkMaker>([
  ...['bridge', 'dummy', 'host-device', 'macvlan', 'ptp'].map(
    (type) => [type, SECOND_INTERFACE] as const,
  ),
  // The kernel of the runs could make neither of the two.
  ...['ipvlan', 'vlan'].map(
    (type) =>
      [
        type,
        {
          ...SECOND_INTERFACE,
          source: `read only: containernetworking/plugins: plugins/main/${type}`,
        },
      ] as const,
  ),
  [
    'tap',
    {
      effect:
        "adds an interface to the pod and replaces terway's result: pods report an address that is not terway's",
      withoutIpam:
        "adds an interface to the pod and replaces terway's result: pods report no address",
      source: RUN,
    },
  ],
  ...['host-local', 'static'].map((type) => [type, SECOND_ADDRESS] as const),
  [
    'dhcp',
    {
      effect: `asks a DHCP daemon of the node for an address, beside terway: ${EVERY_POD}`,
      source: RUN,
    },
  ],
  ...Object.entries(OTHERS).flatMap(([project, types]) =>
    types.map((type) => [type, otherNetwork(project)] as const),
  ),
]);

/** Plugins that do nothing to a pod that has its network. Shown with containernetworking/plugins. */
export const HARMLESS: ReadonlySet<string> = new Set(['loopback']);

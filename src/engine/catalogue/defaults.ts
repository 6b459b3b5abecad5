/** What must hold before a default is added, besides the field being absent in any spelling. */
export type DefaultCondition =
  /** The chain is for access inside the VPC: no symmetric_routing, no masqAll. */
  | 'private-access'
  /** The chain is for access from the internet: symmetric_routing is true. */
  | 'public-access'
  | 'datapath-v2'
  | 'mark-bit-absent'
  | 'backend-iptables'
  | 'conditions-iptables'
  | 'snat-on'
  /** kube-proxy is known to run in a mode that makes KUBE-MARK-MASQ, and on every node. */
  | 'kube-proxy-marks'
  /** The version of portmap is known on every node; that it is new enough the rules say. */
  | 'portmap-version-known';

/** A member that the mutating webhook may add to entries of one plugin. */
export interface DefaultSpec {
  readonly id: DefaultId;
  readonly plugin: string;
  /** From the entry down to the member. */
  readonly path: readonly [string, ...string[]];
  readonly value: string | boolean;
  /** Whether it is added without being asked for. */
  readonly enabled: boolean;
  readonly conditions: readonly DefaultCondition[];
  /** Why, as the end of a warning. */
  readonly reason: string;
}

export type DefaultId = 'externalSetMarkChain' | 'portMappings' | 'masqAll';

/**
 * The defaults. Source of the conditions: portmap refuses two ways of marking and options of the
 * other backend, and KUBE-MARK-MASQ exists only in kube-proxy's iptables and ipvs modes; the
 * vendor's private-access example sets the chain, its public-access example does not.
 */
export const DEFAULTS: readonly DefaultSpec[] = [
  {
    id: 'externalSetMarkChain',
    plugin: 'portmap',
    path: ['externalSetMarkChain'],
    value: 'KUBE-MARK-MASQ',
    enabled: true,
    conditions: [
      'private-access',
      'mark-bit-absent',
      'backend-iptables',
      'conditions-iptables',
      'snat-on',
      'kube-proxy-marks',
    ],
    reason: 'mapped traffic is then marked as kube-proxy marks its own',
  },
  {
    id: 'portMappings',
    plugin: 'portmap',
    path: ['capabilities', 'portMappings'],
    value: true,
    enabled: false,
    conditions: [],
    reason: 'without it the runtime passes no ports and portmap does nothing',
  },
  {
    id: 'masqAll',
    plugin: 'portmap',
    path: ['masqAll'],
    value: true,
    enabled: false,
    conditions: [
      'public-access',
      'datapath-v2',
      'backend-iptables',
      'snat-on',
      'portmap-version-known',
    ],
    reason: 'public access on Datapath V2 needs it',
  },
];

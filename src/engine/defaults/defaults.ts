import type { ReviewContext } from '../core/rule.ts';
import { datapathOf, isPublicAccess } from '../reading/datapath.ts';
import { isExcluded } from '../reading/exclusions.ts';
import { isKnownEverywhere } from '../reading/installed.ts';
import { hasKubeMarks } from '../reading/kube-proxy.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { conditionsBackend } from '../rules/portmap-backend.ts';

/** What must hold for an entry of the chain under review before a default is added to it. */
type Condition = (entry: DecodedObject, context: ReviewContext) => boolean;

/** A member that the mutating webhook may add to entries of one plugin. */
export interface DefaultSpec {
  readonly id: string;
  readonly plugin: string;
  /** From the entry down to the member. */
  readonly path: readonly [string, ...string[]];
  readonly value: string | boolean;
  /** Whether it is added without being asked for. */
  readonly enabled: boolean;
  /** All must hold, besides the member being absent in any spelling. */
  readonly conditions: readonly Condition[];
  /** Why, as the end of a warning. */
  readonly reason: string;
}

/** The chain is for access from the internet: symmetric_routing is true. */
const isForPublicAccess: Condition = ({ key }, context) => isPublicAccess(context, key);

/** The chain is for access inside the VPC. */
const isForPrivateAccess: Condition = (entry, context) =>
  !isPublicAccess(context, entry.key) && !entry.members.has('masqAll');

const isDatapathV2: Condition = (_entry, context) =>
  context.memo(datapathOf).datapath === 'datapathv2';

const hasNoMarkBit: Condition = (entry) => !isExcluded(entry, 'externalSetMarkChain');

const usesIptables: Condition = (entry) =>
  (scalarAt(entry, 'backend') ?? 'iptables') === 'iptables';

const hasNoNftablesConditions: Condition = (entry) =>
  ['conditionsV4', 'conditionsV6'].every(
    (name) => conditionsBackend(valueAt(entry, name)) !== 'nftables',
  );

const hasSnat: Condition = (entry) => scalarAt(entry, 'snat') !== false;

/** kube-proxy is known to run in a mode that makes KUBE-MARK-MASQ, and on every node. */
const hasMarksOfKubeProxy: Condition = (_entry, { facts }) => hasKubeMarks(facts);

/** The version of portmap is known on every node; the rules say whether it is new enough. */
const isPortmapVersionKnown: Condition = (_entry, { facts }) => {
  const installed = facts.plugins.get('portmap');
  return installed !== undefined && isKnownEverywhere(installed);
};

/**
 * The defaults, in the order in which they are given up where the chain would be refused with all of
 * them: a mark chain may need a newer portmap than the nodes have, and without masqAll the chain may
 * be refused. Source of the conditions: portmap refuses two ways of marking and options of the
 * other backend, and KUBE-MARK-MASQ exists only in kube-proxy's iptables and ipvs modes; the
 * vendor's private-access example sets the chain, its public-access example does not.
 */
const SPECS = [
  {
    id: 'externalSetMarkChain',
    plugin: 'portmap',
    path: ['externalSetMarkChain'],
    value: 'KUBE-MARK-MASQ',
    enabled: true,
    conditions: [
      isForPrivateAccess,
      hasNoMarkBit,
      usesIptables,
      hasNoNftablesConditions,
      hasSnat,
      hasMarksOfKubeProxy,
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
    conditions: [isForPublicAccess, isDatapathV2, usesIptables, hasSnat, isPortmapVersionKnown],
    reason: 'public access on Datapath V2 needs it',
  },
] as const satisfies readonly DefaultSpec[];

export const DEFAULTS: readonly (DefaultSpec & {
  readonly id: DefaultId;
  readonly plugin: DefaultPlugin;
})[] = SPECS;

export type DefaultId = (typeof SPECS)[number]['id'];

/** The plugins that defaults are for, which are keys of the configuration. */
export type DefaultPlugin = (typeof SPECS)[number]['plugin'];

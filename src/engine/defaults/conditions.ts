import type { DefaultCondition } from '../catalogue/defaults.ts';
import type { ReviewContext } from '../core/rule.ts';
import { datapathOf, isPublicAccess } from '../reading/datapath.ts';
import { isExcluded } from '../reading/exclusions.ts';
import { isKnownEverywhere } from '../reading/installed.ts';
import { hasKubeMarks } from '../reading/kube-proxy.ts';
import { conditionsBackend } from '../rules/portmap.ts';
import { type Struct, scalarAt, valueAt } from '../reading/structs.ts';

type Check = (entry: Struct, context: ReviewContext) => boolean;

const isPublic: Check = (_entry, context) => isPublicAccess(context);

const CHECKS: Readonly<Record<DefaultCondition, Check>> = {
  'private-access': (entry, context) => !isPublic(entry, context) && !entry.members.has('masqAll'),
  'public-access': isPublic,
  'datapath-v2': (_entry, context) => datapathOf(context).datapath === 'datapathv2',
  'mark-bit-absent': (entry) => !isExcluded(entry, 'externalSetMarkChain'),
  'backend-iptables': (entry) => (scalarAt(entry, 'backend') ?? 'iptables') === 'iptables',
  'conditions-iptables': (entry) =>
    ['conditionsV4', 'conditionsV6'].every(
      (name) => conditionsBackend(valueAt(entry, name)) !== 'nftables',
    ),
  'snat-on': (entry) => scalarAt(entry, 'snat') !== false,
  'kube-proxy-marks': (_entry, { facts }) => hasKubeMarks(facts),
  'portmap-version-known': (_entry, { facts }) => {
    const installed = facts.plugins.get('portmap');
    return installed !== undefined && isKnownEverywhere(installed);
  },
};

/** Whether every condition holds for an entry of the chain under review. */
export function conditionsHold(
  conditions: readonly DefaultCondition[],
  entry: Struct,
  context: ReviewContext,
): boolean {
  return conditions.every((condition) => CHECKS[condition](entry, context));
}

import type { Config } from '../../config/config.ts';
import { outagesIn } from '../../engine/core/decide.ts';
import { type ConfigMap, ENI_CONF_KEY, OVERLAY_LABEL } from '../../engine/core/eni-config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { isDangling } from '../../engine/core/stored-overlay.ts';
import { nodeConfigOf } from '../../engine/rendering/node-config.ts';
import type { NodeKind } from '../../engine/rendering/node-file.ts';
import type { NodeReport } from '../../engine/report/render-node.ts';
import { reviewStored, reviewStoredOverlay } from '../../engine/rules/index.ts';
import { count, printable } from '../../engine/text/text.ts';
import { type Connection, connect } from '../../kube/api.ts';
import { readOverlayFile } from '../files/overlay-file.ts';
import { type FoundNode, readBase, readNode } from './node.ts';
import { withDatapath } from './learn.ts';

export interface NodeRequest {
  /** A node of the cluster; undefined: any that names the overlay. */
  readonly node: string | undefined;
  /** Path of a file with an overlay, in place of what the node names. */
  readonly overlay: string | undefined;
  /** eni-config; undefined: as it is stored in the cluster. */
  readonly base: ConfigMap | undefined;
  readonly facts: Facts;
  readonly config: Config;
  /** How to reach the cluster; undefined: everything stands in files. */
  readonly connection: Connection | undefined;
}

/** What a node reads, of a cluster or of files. Rejects with UsageError for what is not there. */
export async function reportNode(
  request: NodeRequest,
): Promise<{ readonly report: NodeReport; readonly isDown: boolean }> {
  const { node, config } = request;
  const given = request.overlay === undefined ? undefined : await readOverlayFile(request.overlay);
  const { base, facts, found, unknown } = await learn(request, given);
  const { overlay } = found;
  const kind = kindOf(found, facts);
  const outages = outagesOf(base, overlay, facts, config);
  const report = {
    node,
    overlay: overlay?.name,
    kind,
    config: nodeConfigOf(base, { overlay, kind }, facts),
    base,
    facts,
    remarks: [
      ...unknown.map((text) => printable(text, 600)),
      ...(outages > 0
        ? [
            `Terway does not come up on this eni_conf (${count(outages, 'problem')}): eni-config-guard status`,
          ]
        : []),
      ...(overlay && isDangling({ ...overlay, nodes: 1 })
        ? [danglingText(overlay.object !== undefined, overlay.name)]
        : []),
      'who reads a member, and when, is that of Terway 1.17.5',
    ],
  };
  return { report, isDown: outages > 0 };
}

async function learn(
  { node, base, facts, connection }: NodeRequest,
  given: FoundNode['overlay'],
): Promise<{ base: ConfigMap; facts: Facts; found: FoundNode; unknown: readonly string[] }> {
  if (!connection && base) {
    return { base, facts, found: { isExclusiveEni: false, overlay: given }, unknown: [] };
  }
  const api = connect(connection ?? {});
  const found =
    node === undefined
      ? { isExclusiveEni: false, overlay: given }
      : await readNode(api, node, given);
  // Nodes go on with the datapath that they have, whatever a file says.
  const known = await withDatapath(api, facts);
  return { base: base ?? (await readBase(api)), found, ...known };
}

function kindOf({ isExclusiveEni }: FoundNode, { datapath }: Facts): NodeKind {
  if (isExclusiveEni) return 'exclusive-eni';
  return datapath === undefined || datapath.value === 'mixed' ? 'new' : datapath.value;
}

/** How many problems keep Terway of the node from coming up, by the rules about eni_conf. */
function outagesOf(
  base: ConfigMap,
  overlay: FoundNode['overlay'],
  facts: Facts,
  { policy }: Config,
): number {
  const own = outagesIn(reviewStored(base, facts, policy));
  const merged = overlay
    ? outagesIn(reviewStoredOverlay({ ...overlay, nodes: 1 }, base, facts, policy).verdict)
    : [];
  return [...own, ...merged].filter(({ key }) => key === ENI_CONF_KEY).length;
}

const danglingText = (exists: boolean, name: string) =>
  `the label ${OVERLAY_LABEL}: ${printable(name)} points to ` +
  `${exists ? `a ConfigMap without ${ENI_CONF_KEY}` : 'nothing'}: the node goes on with eni-config alone, or gets no addresses under central IPAM`;

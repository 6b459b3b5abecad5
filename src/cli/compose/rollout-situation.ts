import { GUARDED_NAME } from '../../engine/core/eni-config.ts';
import type { StatusReport } from '../../engine/report/status-text.ts';
import { quoted } from '../../engine/text/text.ts';
import type { ApiServer } from '../../kube/api.ts';
import { readGuardImage } from '../../kube/guard-image.ts';
import { chainHash } from '../../rollout/history/revision.ts';
import { type ClusterNodes, readClusterNodes } from '../../rollout/nodes/cluster-nodes.ts';
import type { CheckImage } from '../../rollout/waves/check-pods.ts';
import { type Cluster, clusterOf } from '../../rollout/waves/cluster.ts';
import { type WayBack, wayBack } from '../../rollout/waves/former.ts';
import { nodeStatesOf } from '../../rollout/waves/node-states.ts';
import type { Subject } from '../../rollout/waves/objection.ts';
import type { NodeState } from '../../rollout/waves/plan.ts';
import { historyOf } from '../revisions.ts';
import { readStatus } from '../status.ts';
import { UsageError } from '../usage-error.ts';
import { ownNamespace } from './facts.ts';

/** What a rollout knows of the cluster before it begins. */

/** What is asked for. */
export interface RolloutCall {
  /** Only these nodes; undefined: all. */
  readonly nodes: readonly string[] | undefined;
  readonly maxUnavailable: string;
  /** After the first node; Infinity: until told to go on, undefined: no pause. */
  readonly pauseMs: number | undefined;
  readonly allowsUnchecked: boolean;
  readonly isDryRun: boolean;
  readonly isConfirmed: boolean;
  readonly isRollback: boolean;
  /** Of the pods of checks; undefined: what the guard runs. */
  readonly image: string | undefined;
  /** Of the pods of checks. */
  readonly namespace: string;
  /** Path of the guard's configuration file. */
  readonly config: string | undefined;
  readonly output: 'text' | 'json';
}

export interface Situation {
  readonly status: StatusReport;
  readonly cluster: ClusterNodes;
  readonly nodes: readonly NodeState[];
}

/** Reads it. Throws UsageError for a node that is not there; rejects with ApiError. */
export async function look(api: ApiServer, call: RolloutCall): Promise<Situation> {
  const { report: status, listed } = await readStatus({ config: call.config }, api);
  const cluster = await readClusterNodes(api, { listed });
  const unknown = (call.nodes ?? []).filter(
    (name) => !cluster.nodes.some((node) => node.name === name),
  );
  if (unknown[0] !== undefined) throw new UsageError(`there is no node ${quoted(unknown[0])}`);
  return { status, cluster, nodes: await nodeStatesOf(api, cluster.nodes) };
}

/** Why there is no subject. */
export const NO_TERWAY = `there is nothing to roll out: no Terway in kube-system, or no ${GUARDED_NAME}`;

/** What is rolled out; undefined: there is none. */
export function subjectOf({ cluster: { stored, daemonSet } }: Situation): Subject | undefined {
  return stored && daemonSet && { object: stored.configMap, daemonSet };
}

/** The pods of checks need an image; the guard's own is on nodes already, or can be pulled there. */
export async function imageOf(
  api: ApiServer,
  { image, namespace }: RolloutCall,
): Promise<CheckImage> {
  if (image !== undefined) return { image, pullSecrets: [] };
  const own = ownNamespace();
  const guard = await readGuardImage(api, own);
  if (!guard) {
    throw new UsageError(
      `no Deployment eni-config-guard in ${own} names an image for the pods that check; --image does`,
    );
  }
  return { image: guard.image, pullSecrets: namespace === own ? guard.pullSecrets : [] };
}

/** The cluster, as this call looks at it. */
export function clusterFor(
  api: ApiServer,
  { daemonSet }: Subject,
  { namespace }: RolloutCall,
): Cluster {
  const { labelSelector } = daemonSet;
  if (labelSelector === undefined) {
    throw new UsageError(`DaemonSet ${daemonSet.name} selects its pods by no labels`);
  }
  return clusterOf(api, { terwaySelector: labelSelector, namespace });
}

/**
 * What stood in eni-config before today's chain; undefined where the history knows no other. Rejects with
 * UsageError where it can't be read.
 */
export async function findWayBack(
  api: ApiServer,
  { cluster: { stored } }: Situation,
): Promise<WayBack | undefined> {
  return wayBack(await historyOf(api), chainHash(stored?.configMap.data));
}

import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../engine/text/text.ts';
import type { DaemonSetState } from '../../facts/daemon-set-state.ts';
import { readTerwayDaemonSet } from '../../facts/terway-daemon-set.ts';
import type { ApiServer } from '../../kube/api.ts';
import { readStoredObject } from '../../kube/eni-config.ts';
import type { Clock } from './check-node.ts';

/** What is rolled out, and by which DaemonSet. */
export interface Subject {
  readonly object: ConfigMap;
  readonly daemonSet: DaemonSetState;
}

/** How long the DaemonSet's status may lag behind, and the API server be away, in milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 2000;

/** Why Terway's pods must not be restarted on top of what its DaemonSet does; undefined: they may. */
export function foreignRollout({
  name,
  isUpdated,
  isOnDelete,
}: DaemonSetState): string | undefined {
  if (isUpdated) return undefined;
  const why =
    'some of its pods are of another revision, and a restart would bring more than the chain';
  // With OnDelete it has no end to wait for.
  return isOnDelete
    ? `DaemonSet ${name} has changed, and replaces its pods only when they are deleted (OnDelete): ${why}; ` +
        'have its pods replaced first'
    : `another rollout of DaemonSet ${name} is under way: ${why}; wait for its end ` +
        `(kubectl rollout status -n kube-system daemonset.apps/${name})`;
}

/** Pods of checks that are there already: another rollout, or the remains of one; undefined: none are. */
export function otherChecks([pod, ...others]: readonly string[]): string | undefined {
  if (pod === undefined) return undefined;
  return (
    `pods of checks are there already (${printable(pod)}${others.length > 0 ? ', ...' : ''}): another ` +
    'rollout is under way, or was killed; where it was, --clean-up removes them'
  );
}

/**
 * What has changed since the rollout began so that it must not go on; one printable line, undefined:
 * nothing has. Waits a while for the DaemonSet's status to follow what was restarted. `foreignPods` are
 * those of another rollout's checks.
 */
export async function changedSince(
  api: ApiServer,
  { object, daemonSet }: Subject,
  foreignPods: () => Promise<readonly string[]>,
  clock: Clock,
): Promise<string | undefined> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const found = await look(api, { object, daemonSet }, foreignPods).catch((error: unknown) => ({
      text: `it can't be seen whether anything has changed: ${printable((error as Error).message, 600)}`,
      mayPass: true,
    }));
    if (!found?.mayPass || clock.now() >= until) return found?.text;
    await clock.pause(LOOK_MS);
  }
}

interface Objection {
  readonly text: string;
  /** Whether it may be over by itself in a moment. */
  readonly mayPass: boolean;
}

async function look(
  api: ApiServer,
  { object, daemonSet }: Subject,
  foreignPods: () => Promise<readonly string[]>,
): Promise<Objection | undefined> {
  const [stored, now, pods] = await Promise.all([
    readStoredObject(api),
    readTerwayDaemonSet(api),
    foreignPods(),
  ]);
  const { data, binaryData } = stored?.configMap ?? {};
  if (!isDeepStrictEqual([data, binaryData], [object.data, object.binaryData])) {
    return { text: 'eni-config has changed since this rollout began', mayPass: false };
  }
  if (now?.generation !== daemonSet.generation || now?.name !== daemonSet.name) {
    const how = now?.name === daemonSet.name ? 'has changed' : 'is gone';
    return { text: `DaemonSet ${daemonSet.name} ${how} since this rollout began`, mayPass: false };
  }
  const others = otherChecks(pods);
  if (others !== undefined) return { text: others, mayPass: false };
  const foreign = foreignRollout(now);
  return foreign === undefined ? undefined : { text: foreign, mayPass: true };
}

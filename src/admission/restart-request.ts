import { GUARDED_NAMESPACE, type User } from '../core/config-map.ts';
import { TERWAY_DAEMONSETS } from '../core/facts.ts';
import { isObject, metadataOf, readEnvelope, readUser } from './request.ts';

/** What of a review of a DaemonSet the restart gate reads. */
export interface RestartRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  /** Undefined when the write restarts no Terway pod. */
  readonly restart: Restart | undefined;
}

/** A write that has Terway's pods replaced. */
export interface Restart {
  /** Name of the DaemonSet. */
  readonly daemonSet: string;
  readonly user: User;
}

/**
 * Reads a parsed AdmissionReview of a DaemonSet. Pods are replaced when the pod template changes:
 * `kubectl rollout restart` writes an annotation there, an upgrade an image. Returns undefined and
 * throws like `readReview`.
 */
export function readRestart(body: unknown): RestartRequest | undefined {
  const envelope = readEnvelope(body);
  if (!envelope) return undefined;
  const { uid, request } = envelope;
  const { resource, namespace, operation, object, oldObject } = request;
  const daemonSet = TERWAY_DAEMONSETS.find((name) => metadataOf(object)?.name === name);
  const restarts =
    daemonSet !== undefined &&
    isObject(resource) &&
    resource.resource === 'daemonsets' &&
    namespace === GUARDED_NAMESPACE &&
    operation === 'UPDATE' &&
    templateOf(object) !== templateOf(oldObject);
  return {
    uid,
    dryRun: request.dryRun === true,
    restart: restarts ? { daemonSet, user: readUser(request.userInfo) } : undefined,
  };
}

/** As text: both objects of a review come from one encoder, which writes maps in order of keys. */
function templateOf(object: unknown): string {
  const spec = isObject(object) && isObject(object.spec) ? object.spec : {};
  return JSON.stringify(spec.template ?? null);
}

import { GUARDED_NAMESPACE, type User } from '../engine/core/eni-config.ts';
import { TERWAY_DAEMONSETS } from '../engine/core/facts.ts';
import { isObject } from '../engine/text/is-object.ts';
import { type PodContainers, terwayImage } from '../engine/core/terway-image.ts';
import { metadataOf, readEnvelope, readFieldManager, readUser } from './request.ts';

/** What of a review of a DaemonSet the restart gate reads. */
export interface RestartRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  /** What the client calls itself in managedFields, for the audit trail. */
  readonly fieldManager?: string;
  /** Undefined when the write restarts no Terway pod. */
  readonly restart: Restart | undefined;
}

/** A write that has Terway's pods replaced. */
export interface Restart {
  /** Name of the DaemonSet. */
  readonly daemonSet: string;
  readonly user: User;
  /** Terway's image in the pod template; undefined where none of the containers is Terway's. */
  readonly image: { readonly before: string | undefined; readonly after: string | undefined };
  /** When `kubectl rollout restart` was last used before, in milliseconds since 1970. */
  readonly lastRestartMs: number | undefined;
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
    textOf(templateOf(object)) !== textOf(templateOf(oldObject));
  const fieldManager = readFieldManager(request.options);
  return {
    uid,
    dryRun: request.dryRun === true,
    ...(fieldManager === undefined ? {} : { fieldManager }),
    restart: restarts
      ? {
          daemonSet,
          user: readUser(request.userInfo),
          image: { before: imageIn(oldObject), after: imageIn(object) },
          lastRestartMs: restartedMs(oldObject),
        }
      : undefined,
  };
}

function templateOf(object: unknown): unknown {
  return isObject(object) && isObject(object.spec) ? object.spec.template : undefined;
}

/** Both objects of a review come from one encoder, which writes maps in order of keys. */
const textOf = (template: unknown) => JSON.stringify(template ?? null);

function imageIn(object: unknown): string | undefined {
  const template = templateOf(object);
  const spec = isObject(template) && isObject(template.spec) ? template.spec : {};
  const image: unknown = terwayImage({
    initContainers: containersIn(spec.initContainers),
    containers: containersIn(spec.containers),
  });
  return typeof image === 'string' ? image : undefined;
}

function containersIn(list: unknown): NonNullable<PodContainers['containers']> {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map(({ name, image }) => ({
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof image === 'string' ? { image } : {}),
  }));
}

/** Source: kubectl writes the time into this annotation of the template. */
function restartedMs(object: unknown): number | undefined {
  const annotations = metadataOf(templateOf(object))?.annotations;
  const text = isObject(annotations) ? annotations['kubectl.kubernetes.io/restartedAt'] : undefined;
  const time = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

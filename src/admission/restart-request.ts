import { GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { TERWAY_DAEMONSETS } from '../engine/core/facts.ts';
import { isObject } from '../engine/text/is-object.ts';
import { type PodContainers, terwayImage } from '../engine/core/terway-image.ts';
import { type AdmissionRequest, metadataOf, readEnvelope } from './request.ts';

/**
 * Reads a parsed AdmissionReview of a DaemonSet. Pods are replaced when the pod template changes:
 * `kubectl rollout restart` writes an annotation there, an upgrade an image. Returns undefined and
 * throws like `readReview`.
 */
export function readRestart(body: unknown): AdmissionRequest | undefined {
  const envelope = readEnvelope(body);
  if (!envelope) return undefined;
  const { head, request } = envelope;
  const { resource, namespace, operation, object, oldObject } = request;
  const daemonSet = TERWAY_DAEMONSETS.find((name) => metadataOf(object)?.name === name);
  const restarts =
    daemonSet !== undefined &&
    isObject(resource) &&
    resource.resource === 'daemonsets' &&
    namespace === GUARDED_NAMESPACE &&
    operation === 'UPDATE' &&
    textOf(templateOf(object)) !== textOf(templateOf(oldObject));
  return {
    ...head,
    restart: restarts
      ? {
          daemonSet,
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

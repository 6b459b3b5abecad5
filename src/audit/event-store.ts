import { createHash } from 'node:crypto';
import type { EventRecord, EventStore } from './event-recorder.ts';
import { identityOf } from './events.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { shortened } from '../engine/text/text.ts';
import { inSeconds } from '../engine/text/timestamp.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api.ts';

const EVENTS = `/api/v1/namespaces/${GUARDED_NAMESPACE}/events`;
const COMPONENT = 'eni-config-guard';

/** Replicas that count up the same Event at the same time take turns; this many tries are enough. */
const MAX_TRIES = 5;

/** Source: the API server takes messages of up to 1024 bytes in events.k8s.io/v1. */
const MAX_MESSAGE_LENGTH = 1000;

interface StoredEvent {
  readonly count?: number;
  readonly metadata: { readonly resourceVersion: string };
}

/**
 * Keeps Events at eni-config in the API server: core/v1 ones, which `kubectl describe` and `kubectl
 * get events` both show. The name is made from what the Event says, so equal ones of all replicas
 * are one object that is counted up. Needs `create` and `patch` on events in kube-system. `instance`
 * is the pod's name.
 */
export function createEventStore(api: ApiServer, instance: string): EventStore {
  return {
    async record(record) {
      const name = nameOf(record);
      try {
        const body = eventOf(record, name, instance);
        await api.call({ method: 'POST', path: EVENTS, body });
      } catch (error) {
        if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
        await countUp(api, `${EVENTS}/${name}`, record);
      }
    },
  };
}

/**
 * A first patch tells the count, a second one raises it if it is still the same: that spares the
 * right to read Events.
 */
async function countUp(api: ApiServer, path: string, { count, lastMs }: EventRecord) {
  const patch = (body: object) =>
    api.call<StoredEvent>({
      method: 'PATCH',
      path,
      body,
      contentType: 'application/merge-patch+json',
    });
  for (let tries = 1; ; tries += 1) {
    const { count: before = 1, metadata } = await patch({ lastTimestamp: inSeconds(lastMs) });
    const { resourceVersion } = metadata;
    try {
      await patch({ metadata: { resourceVersion }, count: before + count });
      return;
    } catch (error) {
      const isConflict = error instanceof ApiError && error.reason === 'Conflict';
      if (!isConflict || tries === MAX_TRIES) throw error;
    }
  }
}

/** As `kubectl` names Events: the object's name and a number in hexadecimal digits. */
function nameOf(record: EventRecord): string {
  return `${GUARDED_NAME}.${createHash('sha256').update(identityOf(record)).digest('hex').slice(0, 16)}`;
}

function eventOf(record: EventRecord, name: string, instance: string) {
  const { type, reason, message, detail, objectUid, count, firstMs, lastMs } = record;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: GUARDED_NAMESPACE },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: GUARDED_NAMESPACE,
      name: GUARDED_NAME,
      ...(objectUid === undefined ? {} : { uid: objectUid }),
    },
    type,
    reason,
    message: shortened(
      detail === undefined ? message : `${message}: ${detail}`,
      MAX_MESSAGE_LENGTH,
    ),
    count,
    firstTimestamp: inSeconds(firstMs),
    lastTimestamp: inSeconds(lastMs),
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: instance,
  };
}

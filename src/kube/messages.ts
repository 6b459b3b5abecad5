import { type Message, many, messageOf, one, readFields } from './protobuf.ts';
import { digestSpec } from './spec-digest.ts';

/**
 * What is read of Kubernetes' objects in protobuf, as pod-json.ts has it of JSON. Numbers of fields never
 * change. Source: generated.proto in k8s.io/api/core/v1 and in k8s.io/apimachinery/pkg/apis/meta/v1.
 */

const METADATA = messageOf({
  1: one('name', 'text'),
  5: one('uid', 'text'),
  9: one('deletionTimestamp', 'time'),
  11: one('labels', 'labels'),
});

const LIST_METADATA = messageOf({
  3: one('continue', 'text'),
  4: one('remainingItemCount', 'number'),
});

/** A list of objects. */
export const listOf = (item: Message): Message =>
  messageOf({ 1: one('metadata', LIST_METADATA), 2: many('items', item) });

/** A list of what `keep` makes of each object as it is read, as `kept`. */
export const keptListOf = (item: Message, keep: (object: object) => unknown): Message =>
  messageOf({
    1: one('metadata', LIST_METADATA),
    2: many('kept', (bytes) => {
      const object = {};
      readFields(bytes, item, object);
      return keep(object);
    }),
  });

/** A PartialObjectMetadata: what an object of any kind has in `metadata`. */
export const METADATA_MESSAGE = messageOf({ 1: one('metadata', METADATA) });

const CONTAINER = messageOf({ 1: one('name', 'text'), 2: one('image', 'text') });

const TERMINATED = messageOf({
  1: one('exitCode', 'number'),
  3: one('reason', 'text'),
  4: one('message', 'text'),
  5: one('startedAt', 'time'),
  6: one('finishedAt', 'time'),
});

const STATE = messageOf({
  1: one('waiting', messageOf({ 1: one('reason', 'text'), 2: one('message', 'text') })),
  2: one('running', messageOf({})),
  3: one('terminated', TERMINATED),
});

const CONTAINER_STATUS = messageOf({
  1: one('name', 'text'),
  2: one('state', STATE),
  3: one('lastState', STATE),
  4: one('ready', 'boolean'),
  5: one('restartCount', 'number'),
});

const CONDITION = messageOf({
  1: one('type', 'text'),
  2: one('status', 'text'),
  4: one('lastTransitionTime', 'time'),
});

/** A Pod with the containers of its spec, where it runs, and its status. */
export const POD_MESSAGE = messageOf({
  1: one('metadata', METADATA),
  2: one(
    'spec',
    messageOf({
      2: many('containers', CONTAINER),
      10: one('nodeName', 'text'),
      20: many('initContainers', CONTAINER),
    }),
  ),
  3: one(
    'status',
    messageOf({
      1: one('phase', 'text'),
      2: many('conditions', CONDITION),
      8: many('containerStatuses', CONTAINER_STATUS),
      10: many('initContainerStatuses', CONTAINER_STATUS),
    }),
  ),
});

/** A Pod with what its init containers came to; its spec is read as a SpecDigest. */
export const DIGESTED_POD_MESSAGE = messageOf({
  1: one('metadata', messageOf({ 1: one('name', 'text'), 6: one('resourceVersion', 'text') })),
  2: one('spec', digestSpec),
  3: one('status', messageOf({ 10: many('initContainerStatuses', CONTAINER_STATUS) })),
});

/** A Node with the version of its kubelet. */
export const NODE_MESSAGE = messageOf({
  1: one('metadata', METADATA),
  3: one(
    'status',
    messageOf({ 7: one('nodeInfo', messageOf({ 7: one('kubeletVersion', 'text') })) }),
  ),
});

/** A Status, which a refused call answers. */
export const STATUS_MESSAGE = messageOf({
  1: one('metadata', LIST_METADATA),
  3: one('message', 'text'),
  4: one('reason', 'text'),
});

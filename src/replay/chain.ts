import { type JsonObject, isObject } from '../engine/text/is-object.ts';
import { type AuditEvent, guardedItem, isGuardedObject } from './audit-event.ts';
import { applyPatch } from './patch.ts';

/** What is stored between two events: an object, none at all, or not known. */
type Stored = { readonly object: JsonObject | undefined } | 'unknown';

/** A write with all that a review needs, or why that is not in the log. */
export type RebuiltWrite =
  | {
      readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
      readonly object: JsonObject | undefined;
      readonly oldObject: JsonObject | undefined;
    }
  | { readonly unjudged: string };

const NO_OBJECTS = 'its level leaves out the objects (Metadata)';
const NO_OLD = 'what was stored before it is not in the log';
const NO_PATCHED = 'what its patch comes to is not in the log';
const COLLECTION = 'a collection was deleted, and whether eni-config was in it is not in the log';

/**
 * Rebuilds writes from a sequence of events: each says what is stored after it, which is what the
 * next one changes. Told every event about eni-config, in their order.
 */
export class WriteChain {
  #stored: Stored = 'unknown';

  /** The write that an event is; undefined for a read. */
  next(event: AuditEvent): RebuiltWrite | undefined {
    const isDone = event.code >= 200 && event.code < 300;
    if (event.verb === 'get' || event.verb === 'list') {
      if (isDone) this.#learn(event);
      return undefined;
    }
    const write = this.#rebuild(event, isDone);
    if (isDone && !event.dryRun) {
      this.#stored = 'unjudged' in write ? after(event) : { object: write.object };
    }
    return write;
  }

  /** A read tells what is stored; where that is known already, it may be of a moment before. */
  #learn({ verb, responseObject }: AuditEvent): void {
    if (this.#stored !== 'unknown') return;
    const object = verb === 'get' ? responseObject : guardedItem(responseObject);
    if (isGuardedObject(object)) this.#stored = { object };
  }

  #rebuild(event: AuditEvent, isDone: boolean): RebuiltWrite {
    const { verb, level, requestObject, responseObject } = event;
    if (verb === 'deletecollection') return this.#rebuildCollection(event);
    if (verb === 'delete') {
      return { operation: 'DELETE', object: undefined, oldObject: this.#old() ?? {} };
    }
    if (level === 'Metadata') return { unjudged: NO_OBJECTS };
    const result = isDone && isGuardedObject(responseObject) ? responseObject : undefined;
    if (verb === 'create') {
      const object = result ?? (isObject(requestObject) ? requestObject : undefined);
      if (!object) return { unjudged: NO_OBJECTS };
      return { operation: 'CREATE', object: withoutVersion(object, result), oldObject: undefined };
    }
    const oldObject = this.#old(verb === 'update' ? requestObject : undefined);
    if (!oldObject) {
      const isCreated = verb === 'patch' && event.code === 201 && result;
      // Server-side apply makes what is not there.
      if (isCreated) return { operation: 'CREATE', object: result, oldObject: undefined };
      return { unjudged: NO_OLD };
    }
    const asked = verb === 'update' ? requestObject : applyPatch(oldObject, requestObject);
    const object = result ?? asked;
    if (!isObject(object)) return { unjudged: verb === 'update' ? NO_OBJECTS : NO_PATCHED };
    return { operation: 'UPDATE', object: withoutVersion(object, result), oldObject };
  }

  #rebuildCollection({ responseObject }: AuditEvent): RebuiltWrite {
    const item = guardedItem(responseObject);
    return item
      ? { operation: 'DELETE', object: undefined, oldObject: item }
      : { unjudged: COLLECTION };
  }

  /**
   * What was stored before a write; undefined when it is not known, or when the write itself names
   * another version: then an event is missing in between.
   */
  #old(request?: unknown): JsonObject | undefined {
    if (this.#stored === 'unknown') return undefined;
    const { object } = this.#stored;
    const [known, named] = [versionOf(object), versionOf(request)];
    const isOther = known !== undefined && named !== undefined && known !== named;
    return isOther ? undefined : object;
  }
}

/** What is stored after a write that can't be judged: what was answered, or else what was sent. */
function after({ verb, requestObject, responseObject }: AuditEvent): Stored {
  if (isGuardedObject(responseObject)) return { object: responseObject };
  const isWhole = (verb === 'update' || verb === 'create') && isGuardedObject(requestObject);
  return isWhole ? { object: withoutVersion(requestObject, undefined) } : 'unknown';
}

function versionOf(object: unknown): string | undefined {
  if (!isObject(object) || !isObject(object.metadata)) return undefined;
  const { resourceVersion } = object.metadata;
  return typeof resourceVersion === 'string' && resourceVersion !== ''
    ? resourceVersion
    : undefined;
}

/** An object that was sent, or made of one that was stored, has no version of its own yet. */
function withoutVersion(object: JsonObject, result: JsonObject | undefined): JsonObject {
  if (object === result || !isObject(object.metadata)) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion: undefined } };
}

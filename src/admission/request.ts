import { bypassNoteIn } from '../engine/core/break-glass.ts';
import {
  type Change,
  type ConfigMap,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
  type Operation,
} from '../engine/core/eni-config.ts';
import { type JsonObject, isObject } from '../engine/text/is-object.ts';

/** What of an AdmissionReview's request the guard reads. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  /** What the client calls itself in managedFields, for the audit trail. */
  readonly fieldManager?: string;
  /** `metadata.uid` of the guarded object, which Events refer to. */
  readonly objectUid?: string;
  /** The write to judge; undefined when the request is not about the guarded object. */
  readonly change: Change | undefined;
}

/** A request that has a uid but cannot be judged; `message` is one line and holds no user text. */
export class UnreadableReviewError extends Error {
  readonly uid: string;
  constructor(message: string, uid: string) {
    super(message);
    this.name = 'UnreadableReviewError';
    this.uid = uid;
  }
}

/** The only version that Kubernetes 1.30 and newer need. */
export const ADMISSION_VERSION = 'admission.k8s.io/v1';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A uid to answer with: the API server's are UUIDs; anything longer is nobody's. */
export function readUid(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : undefined;
}

/** A review of whatever kind: its request, and how to refuse it by its uid. */
interface Envelope {
  readonly uid: string;
  readonly request: JsonObject;
  readonly refuse: (message: string) => UnreadableReviewError;
}

/**
 * Opens a parsed AdmissionReview (admission.k8s.io/v1). Returns undefined when it holds no uid, so
 * that no answer can be addressed to it; throws UnreadableReviewError when it holds one but the
 * rest is no review.
 */
export function readEnvelope(body: unknown): Envelope | undefined {
  if (!isObject(body) || !isObject(body.request)) return undefined;
  const { request } = body;
  const uid = readUid(request.uid);
  if (uid === undefined) return undefined;
  const refuse = (message: string) => new UnreadableReviewError(message, uid);
  if (body.kind !== 'AdmissionReview') throw refuse('the body is no AdmissionReview');
  if (body.apiVersion !== ADMISSION_VERSION) {
    throw refuse(`only AdmissionReview ${ADMISSION_VERSION} is spoken here`);
  }
  return { uid, request, refuse };
}

/** Reads a parsed AdmissionReview of a ConfigMap; returns undefined and throws like `readEnvelope`. */
export function readReview(body: unknown): AdmissionRequest | undefined {
  const envelope = readEnvelope(body);
  if (!envelope) return undefined;
  const { uid, request, refuse } = envelope;
  const fieldManager = readFieldManager(request.options);
  const objectUid = readObjectUid(request);
  return {
    uid,
    dryRun: request.dryRun === true,
    ...(fieldManager === undefined ? {} : { fieldManager }),
    ...(objectUid === undefined ? {} : { objectUid }),
    change: readChange(request, refuse),
  };
}

/** Source: CreateOptions and UpdateOptions carry it; a DELETE has no field manager. */
export function readFieldManager(options: unknown): string | undefined {
  const name = isObject(options) ? textOf(options.fieldManager) : undefined;
  return name === '' ? undefined : name;
}

/** Of the stored object where there is one: a refused CREATE has a uid that nobody ever sees. */
function readObjectUid({ object, oldObject }: JsonObject): string | undefined {
  return readUid(metadataOf(oldObject)?.uid) ?? readUid(metadataOf(object)?.uid);
}

function readChange(request: JsonObject, refuse: (message: string) => Error): Change | undefined {
  if (!isGuarded(request)) return undefined;
  const { operation } = request;
  if (operation === 'CONNECT') return undefined;
  if (operation !== 'CREATE' && operation !== 'UPDATE' && operation !== 'DELETE') {
    throw refuse('request.operation is none of CREATE, UPDATE, DELETE');
  }
  const hasNew = operation !== 'DELETE';
  const hasOld = operation !== 'CREATE';
  return {
    operation: operation satisfies Operation,
    new: hasNew ? readConfigMap(request.object, 'request.object', refuse) : undefined,
    old: hasOld ? readConfigMap(request.oldObject, 'request.oldObject', refuse) : undefined,
    user: readUser(request.userInfo),
  };
}

/**
 * The name is taken from the objects as well as from the request: a collection delete and a
 * CREATE with generateName carry none in the request.
 */
function isGuarded(request: JsonObject): boolean {
  const { resource, kind } = request;
  const isConfigMap =
    isObject(resource) && typeof resource.resource === 'string'
      ? resource.resource === 'configmaps' && (resource.group ?? '') === ''
      : isObject(kind) && kind.kind === 'ConfigMap';
  if (!isConfigMap || request.namespace !== GUARDED_NAMESPACE) return false;
  return [request, metadataOf(request.object), metadataOf(request.oldObject)].some(
    (holder) => holder?.name === GUARDED_NAME,
  );
}

export function metadataOf(object: unknown): JsonObject | undefined {
  return isObject(object) && isObject(object.metadata) ? object.metadata : undefined;
}

function readConfigMap(
  object: unknown,
  where: string,
  refuse: (message: string) => Error,
): ConfigMap {
  if (!isObject(object)) throw refuse(`${where} is missing`);
  const bypass = bypassNoteIn(metadataOf(object)?.annotations);
  return {
    data: readTexts(object.data, `${where}.data`, refuse),
    binaryData: readTexts(object.binaryData, `${where}.binaryData`, refuse),
    immutable: object.immutable === true,
    ...(bypass ? { bypass } : {}),
  };
}

function readTexts(
  value: unknown,
  where: string,
  refuse: (message: string) => Error,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, text] of Object.entries(readMap(value, where, refuse))) {
    if (typeof text !== 'string') throw refuse(`${where} holds a value that is no text`);
    texts.set(key, text);
  }
  return texts;
}

function readMap(value: unknown, where: string, refuse: (message: string) => Error): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw refuse(`${where} is no object`);
  return value;
}

export function readUser(userInfo: unknown): Change['user'] {
  const user = isObject(userInfo) ? userInfo : {};
  const groups = Array.isArray(user.groups) ? user.groups : [];
  return {
    name: textOf(user.username) ?? '',
    groups: groups.filter((group) => typeof group === 'string'),
    ...(typeof user.uid === 'string' ? { uid: user.uid } : {}),
    ...(isObject(user.extra) ? { extra: user.extra } : {}),
  };
}

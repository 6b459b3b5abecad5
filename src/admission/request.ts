import { breakGlassRequestIn } from '../engine/core/break-glass.ts';
import {
  CONF_KEY,
  type Change,
  type ConfigMap,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
  OVERLAY_KEYS,
  type Operation,
  type User,
  touches,
} from '../engine/core/eni-config.ts';
import { wasApplied } from './applied-keys.ts';
import { type JsonObject, isObject } from '../engine/text/is-object.ts';

/** What the guard reads of a review: a write to the guarded object, a restart of Terway, or neither. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  /** What the client calls itself in managedFields, for the audit trail. */
  readonly fieldManager?: string;
  readonly user: User;
  /** `metadata.uid` of the guarded object, where the review has it. */
  readonly objectUid?: string | undefined;
  /** The write to judge; undefined when it is neither one of the guarded object nor of an overlay. */
  readonly change?: Change | undefined;
  /** The restart to judge; undefined when the request does not restart Terway's pods. */
  readonly restart?: Restart | undefined;
}

/** A write that has Terway's pods replaced. */
export interface Restart {
  /** Name of the DaemonSet. */
  readonly daemonSet: string;
  /** Terway's image in the pod template; undefined where none of the containers is Terway's. */
  readonly image: { readonly before: string | undefined; readonly after: string | undefined };
  /** When `kubectl rollout restart` was last used before, in milliseconds since 1970. */
  readonly lastRestartMs: number | undefined;
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

/** A uid to answer with. Those of the API server are UUIDs; longer values are rejected. */
export function readUid(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : undefined;
}

/** What all reviews have in common, the request as it came, and how to refuse it by its uid. */
interface Envelope {
  readonly head: Pick<AdmissionRequest, 'uid' | 'dryRun' | 'fieldManager' | 'user'>;
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
  const fieldManager = readFieldManager(request.options);
  const head = {
    uid,
    dryRun: request.dryRun === true,
    ...(fieldManager === undefined ? {} : { fieldManager }),
    user: readUser(request.userInfo),
  };
  return { head, request, refuse };
}

/** Reads a parsed AdmissionReview of a ConfigMap; returns undefined and throws like `readEnvelope`. */
export function readReview(body: unknown): AdmissionRequest | undefined {
  const envelope = readEnvelope(body);
  if (!envelope) return undefined;
  const { head, request, refuse } = envelope;
  const objectUid = readObjectUid(request);
  return {
    ...head,
    ...(objectUid === undefined ? {} : { objectUid }),
    change: readChange(request, head, refuse),
  };
}

/** Source: CreateOptions and UpdateOptions carry it; a DELETE has no field manager. */
function readFieldManager(options: unknown): string | undefined {
  const name = isObject(options) ? textOf(options.fieldManager) : undefined;
  return name === '' ? undefined : name;
}

/** Of the stored object where there is one: the uid in a refused CREATE never becomes real. */
function readObjectUid({ object, oldObject }: JsonObject): string | undefined {
  return readUid(metadataOf(oldObject)?.uid) ?? readUid(metadataOf(object)?.uid);
}

/** Whether a program writes, and not a person at kubectl. */
function isAgent({ user, fieldManager }: Envelope['head']): boolean {
  if (user.name.startsWith('system:serviceaccount:')) return true;
  return user.name !== '' && fieldManager !== undefined && !fieldManager.startsWith('kubectl');
}

function readChange(
  request: JsonObject,
  head: Envelope['head'],
  refuse: (message: string) => Error,
): Change | undefined {
  if (!isConfigMap(request)) return undefined;
  const overlay = isGuarded(request) ? undefined : overlayName(request);
  if (!isGuarded(request) && overlay === undefined) return undefined;
  const { operation } = request;
  if (operation === 'CONNECT') return undefined;
  if (operation !== 'CREATE' && operation !== 'UPDATE' && operation !== 'DELETE') {
    throw refuse('request.operation is none of CREATE, UPDATE, DELETE');
  }
  const hasNew = operation !== 'DELETE';
  const hasOld = operation !== 'CREATE';
  const share = sharing();
  const read = (object: unknown, where: string) => readConfigMap(object, where, share, refuse);
  const change: Change = {
    operation: operation satisfies Operation,
    new: hasNew ? read(request.object, 'request.object') : undefined,
    old: hasOld ? read(request.oldObject, 'request.oldObject') : undefined,
    ...(head.dryRun ? { isDryRun: true } : {}),
    ...(isAgent(head) ? { agent: head.user.name } : {}),
  };
  if (overlay !== undefined) return overlayChange(change, overlay);
  const isConfWritten = operation === 'UPDATE' && touches(change, CONF_KEY);
  return isConfWritten && wasApplied(metadataOf(request.oldObject), CONF_KEY)
    ? { ...change, wasConfApplied: true }
    : change;
}

/** Whether it is about a ConfigMap of the guarded namespace. */
function isConfigMap({ resource, kind, namespace }: JsonObject): boolean {
  const isOne =
    isObject(resource) && typeof resource.resource === 'string'
      ? resource.resource === 'configmaps' && (resource.group ?? '') === ''
      : isObject(kind) && kind.kind === 'ConfigMap';
  return isOne && namespace === GUARDED_NAMESPACE;
}

/** The name of an object with a key that counts in an overlay, before or after the write. */
function overlayName({ name, object, oldObject }: JsonObject): string | undefined {
  const hasKey = [object, oldObject].some((holder) => {
    const data = isObject(holder) ? holder.data : undefined;
    return isObject(data) && OVERLAY_KEYS.some((key) => Object.hasOwn(data, key));
  });
  if (!hasKey) return undefined;
  return (
    textOf(metadataOf(oldObject)?.name) ?? textOf(metadataOf(object)?.name) ?? textOf(name) ?? ''
  );
}

/** Break-glass is opened at eni-config alone. */
function overlayChange({ old, new: after, ...rest }: Change, name: string): Change {
  const withoutNote = (object: ConfigMap | undefined) =>
    object && { ...object, breakGlass: undefined };
  return {
    ...rest,
    old: withoutNote(old),
    new: withoutNote(after),
    overlay: { name, base: undefined },
  };
}

/**
 * The name is taken from the objects as well as from the request: a collection delete and a
 * CREATE with generateName carry none in the request.
 */
function isGuarded(request: JsonObject): boolean {
  return [request, metadataOf(request.object), metadataOf(request.oldObject)].some(
    (holder) => holder?.name === GUARDED_NAME,
  );
}

export function metadataOf(object: unknown): JsonObject | undefined {
  return isObject(object) && isObject(object.metadata) ? object.metadata : undefined;
}

/**
 * Makes one text of those that are equal under a key. Texts that are one are compared at a glance, and
 * those of the old and the new object are compared for every finding.
 */
function sharing(): (key: string, text: string) => string {
  const known = new Map<string, string>();
  return (key, text) => {
    const other = known.get(key);
    if (other === text) return other;
    known.set(key, text);
    return text;
  };
}

function readConfigMap(
  object: unknown,
  where: string,
  share: (key: string, text: string) => string,
  refuse: (message: string) => Error,
): ConfigMap {
  if (!isObject(object)) throw refuse(`${where} is missing`);
  const breakGlass = breakGlassRequestIn(metadataOf(object)?.annotations);
  return {
    data: readTexts(object.data, `${where}.data`, MAX_TEXTS, share, refuse),
    binaryData: readTexts(object.binaryData, `${where}.binaryData`, MAX_BASE64, share, refuse),
    immutable: object.immutable === true,
    ...(breakGlass ? { breakGlass } : {}),
  };
}

/**
 * What a ConfigMap holds at most, in bytes, hence in characters. Source: MaxSecretSize, which the API
 * server holds it to after /mutate and before /validate.
 */
const MAX_TEXTS = 1024 * 1024;
/** Base64 has four characters for three bytes, and may have line breaks. */
const MAX_BASE64 = 1.5 * MAX_TEXTS;

function readTexts(
  value: unknown,
  where: string,
  maxLength: number,
  share: (key: string, text: string) => string,
  refuse: (message: string) => Error,
): Map<string, string> {
  const texts = new Map<string, string>();
  let length = 0;
  const map = readMap(value, where, refuse);
  for (const key of Object.keys(map)) {
    const text = map[key];
    if (typeof text !== 'string') throw refuse(`${where} holds a value that is no text`);
    length += text.length;
    if (length > maxLength) throw refuse(`${where} is larger than a ConfigMap may be`);
    texts.set(key, share(key, text));
  }
  return texts;
}

function readMap(value: unknown, where: string, refuse: (message: string) => Error): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw refuse(`${where} is no object`);
  return value;
}

function readUser(userInfo: unknown): User {
  const user = isObject(userInfo) ? userInfo : {};
  const groups = Array.isArray(user.groups) ? user.groups : [];
  return {
    name: textOf(user.username) ?? '',
    groups: groups.filter((group) => typeof group === 'string'),
    ...(typeof user.uid === 'string' ? { uid: user.uid } : {}),
    ...(isObject(user.extra) ? { extra: user.extra } : {}),
  };
}

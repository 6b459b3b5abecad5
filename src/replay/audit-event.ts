import { GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { type JsonObject, isObject } from '../engine/text/is-object.ts';

/** An event of audit.k8s.io/v1 about eni-config, as far as it is read. */
export interface AuditEvent {
  readonly auditId: string;
  /** When it was answered, RFC 3339 as it stands there; may be empty. */
  readonly time: string;
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | 'get' | 'list';
  readonly level: string;
  /** As it counted for the request: the impersonated one where there is one. */
  readonly user: JsonObject;
  readonly fieldManager: string | undefined;
  readonly dryRun: boolean;
  readonly code: number;
  /** Of the answer's Status; empty where there is none. */
  readonly message: string;
  readonly requestObject: unknown;
  readonly responseObject: unknown;
}

const VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection', 'get', 'list'] as const;
const API_VERSION = 'audit.k8s.io/v1';

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

const isVerb = (verb: unknown): verb is AuditEvent['verb'] =>
  (VERBS as readonly unknown[]).includes(verb);

/** The events about eni-config in a line, which may hold a whole EventList; throws for no JSON. */
export function eventsIn(line: string): AuditEvent[] {
  const value: unknown = JSON.parse(line);
  if (!isObject(value)) return [];
  const items = value.kind === 'EventList' && Array.isArray(value.items) ? value.items : [value];
  return items.map(readEvent).filter((event) => event !== undefined);
}

function readEvent(value: unknown): AuditEvent | undefined {
  if (!isObject(value)) return undefined;
  const { verb, stage, objectRef, requestObject, responseObject } = value;
  // Of the stages of a request this one has all that there is.
  if (stage !== 'ResponseComplete' || !isVerb(verb) || !isAboutGuarded(value)) return undefined;
  if (isObject(objectRef) && objectRef.subresource !== undefined) return undefined;
  const status = objectOf(value.responseStatus);
  const query = queryOf(textOf(value.requestURI));
  return {
    auditId: textOf(value.auditID),
    time: textOf(value.stageTimestamp),
    verb,
    level: textOf(value.level),
    user: objectOf(isObject(value.impersonatedUser) ? value.impersonatedUser : value.user),
    fieldManager: query.get('fieldManager') ?? undefined,
    dryRun: query.get('dryRun') === 'All' || isDryRun(requestObject),
    code: typeof status.code === 'number' ? status.code : 0,
    message: textOf(status.message),
    requestObject,
    responseObject,
  };
}

function queryOf(uri: string): URLSearchParams {
  const start = uri.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : uri.slice(start + 1));
}

/** A DELETE says so in its DeleteOptions. */
const isDryRun = (body: unknown) =>
  isObject(body) && body.kind === 'DeleteOptions' && Array.isArray(body.dryRun);

/** The name may stand in the object only, as in a create; a collection has no name. */
function isAboutGuarded({ verb, objectRef: ref, requestObject, responseObject }: JsonObject) {
  if (!isObject(ref) || ref.resource !== 'configmaps' || (ref.apiGroup ?? '') !== '') return false;
  if (ref.namespace !== GUARDED_NAMESPACE) return false;
  if (verb === 'deletecollection' || verb === 'list') {
    return ref.name === undefined || ref.name === GUARDED_NAME;
  }
  return ref.name === undefined
    ? [requestObject, responseObject].some(isGuardedObject)
    : ref.name === GUARDED_NAME;
}

/** Whether it is a ConfigMap of the guarded name, and no Status about it. */
export function isGuardedObject(object: unknown): object is JsonObject {
  if (!isObject(object) || (object.kind ?? 'ConfigMap') !== 'ConfigMap') return false;
  return isObject(object.metadata) && object.metadata.name === GUARDED_NAME;
}

/** The guarded object among the items of a list. */
export function guardedItem(list: unknown): JsonObject | undefined {
  if (!isObject(list) || !Array.isArray(list.items)) return undefined;
  return (list.items as readonly unknown[]).find(isGuardedObject);
}

/** Whether a line is an event, or a list of events, at all. */
export const isAuditLine = (line: string): boolean => line.includes(`"${API_VERSION}"`);

import { type JsonObject, isObject } from '../engine/text/is-object.ts';

/** Where `kubectl apply` keeps what it applied last. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Whether a stored ConfigMap was applied from a file with `key` under data: with client-side apply,
 * or by a manager of server-side apply. Apply without the key then removes it. Never throws.
 */
export function wasApplied(metadata: JsonObject | undefined, key: string): boolean {
  const annotations = metadata?.annotations;
  const lastApplied = isObject(annotations) ? annotations[LAST_APPLIED] : undefined;
  const data = typeof lastApplied === 'string' ? parsed(lastApplied)?.data : undefined;
  if (isObject(data) && Object.hasOwn(data, key)) return true;
  const managers: unknown = metadata?.managedFields;
  return Array.isArray(managers) && managers.some((entry) => appliesKey(entry, key));
}

function appliesKey(entry: unknown, key: string): boolean {
  if (!isObject(entry) || entry.operation !== 'Apply' || !isObject(entry.fieldsV1)) return false;
  const data = entry.fieldsV1['f:data'];
  return isObject(data) && Object.hasOwn(data, `f:${key}`);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

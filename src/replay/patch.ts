import { type JsonObject, isObject } from '../engine/text/is-object.ts';

/** What a patch makes of an object, for events that do not have the result. */

/**
 * Applies a patch of any kind but server-side apply. An event does not have its content type: an array
 * is a JSON patch, and for a ConfigMap, whose fields are maps of texts, a strategic merge patch does
 * what a merge patch does. Undefined for one that can't be told apart, or that does not fit.
 */
export function applyPatch(object: JsonObject, patch: unknown): JsonObject | undefined {
  if (Array.isArray(patch)) return applyJsonPatch(object, patch);
  if (!isObject(patch) || isApplyConfiguration(patch) || hasDirective(patch)) return undefined;
  const merged = mergePatch(object, patch);
  return isObject(merged) ? merged : undefined;
}

/** Server-side apply sends a whole object, and takes away what its manager had applied before. */
const isApplyConfiguration = ({ kind, apiVersion }: JsonObject) =>
  kind !== undefined && apiVersion !== undefined;

/** `$patch`, `$retainKeys` and the like of a strategic merge patch. */
function hasDirective(patch: JsonObject): boolean {
  return Object.entries(patch).some(
    ([name, value]) => name.startsWith('$') || (isObject(value) && hasDirective(value)),
  );
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, mergePatch(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** RFC 6902 without `move` and `copy`, and without arrays: a ConfigMap's data holds texts. */
function applyJsonPatch(object: JsonObject, operations: readonly unknown[]) {
  let result: JsonObject | undefined = object;
  for (const operation of operations) {
    if (!isObject(operation) || typeof operation.path !== 'string') return undefined;
    const path = operation.path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    result = result && applyOperation(result, path, operation);
  }
  return result;
}

function applyOperation(
  object: JsonObject,
  [name, ...rest]: readonly string[],
  operation: JsonObject,
): JsonObject | undefined {
  if (name === undefined) return undefined;
  const has = Object.hasOwn(object, name);
  if (rest.length > 0) {
    const inner = has ? object[name] : undefined;
    const changed = isObject(inner) ? applyOperation(inner, rest, operation) : undefined;
    return changed && Object.fromEntries([...Object.entries(object), [name, changed]]);
  }
  switch (operation.op) {
    case 'test':
      return has ? object : undefined;
    case 'remove':
      if (!has) return undefined;
      return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
    case 'replace':
      if (!has) return undefined;
      return Object.fromEntries([...Object.entries(object), [name, operation.value]]);
    case 'add':
      return Object.fromEntries([...Object.entries(object), [name, operation.value]]);
    default:
      return undefined;
  }
}

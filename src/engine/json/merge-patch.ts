import type { JsonArray, JsonMember, JsonNode, JsonObject } from './node.ts';

/**
 * A JSON merge patch (RFC 7396) applied as Terway applies it: with MergePatch of
 * github.com/evanphx/json-patch v5.6.0, which Terway 1.17.5 uses. It differs from the RFC where an
 * array is new or takes the place of a value that is no object: objects inside the array then lose
 * their null members, too. Compared with that library by test/plugins.
 */

type Parent = JsonObject | JsonArray | undefined;

interface ObjectDraft extends JsonObject {
  members: JsonMember[];
}

interface ArrayDraft extends JsonArray {
  items: JsonNode[];
}

/**
 * What `patch` makes of `base`; undefined where the library refuses one of them: a null, or a patch
 * that is neither an object nor an array. Nodes are new and keep their places, those of the base
 * moved by `baseOffset`, so that both texts can stand in one. Members keep the base's order.
 */
export function mergePatch(base: JsonNode, patch: JsonNode, baseOffset = 0): JsonNode | undefined {
  if (base.type === 'null') return undefined;
  // The library answers a list with the list, whatever the base.
  if (patch.type === 'array') return pruned(patch, undefined, undefined);
  if (patch.type !== 'object') return undefined;
  return merged(base, patch, undefined, undefined, baseOffset);
}

function merged(
  base: JsonNode,
  patch: JsonNode,
  parent: Parent,
  step: JsonNode['step'],
  baseOffset: number,
): JsonNode {
  if (base.type !== 'object') return pruned(patch, parent, step);
  if (patch.type !== 'object') return copied(patch, parent, step, 0);
  const changes = membersByName(patch);
  // What is judged stands in the patch, so the object as a whole has its place there.
  const draft: ObjectDraft = { ...patch, parent, step, members: [] };
  const own = membersByName(base);
  for (const [name, member] of own) {
    const change = changes.get(name);
    if (!change) {
      draft.members.push(
        withValue(name, member, baseOffset, (step) =>
          copied(member.value, draft, step, baseOffset),
        ),
      );
    } else if (change.value.type !== 'null') {
      draft.members.push(
        withValue(name, change, 0, (step) =>
          merged(member.value, change.value, draft, step, baseOffset),
        ),
      );
    }
  }
  for (const [name, change] of changes) {
    if (own.has(name) || change.value.type === 'null') continue;
    draft.members.push(withValue(name, change, 0, (step) => pruned(change.value, draft, step)));
  }
  return draft;
}

/** The node without the null members of any object in it; null elements of arrays stay. */
function pruned(node: JsonNode, parent: Parent, step: JsonNode['step']): JsonNode {
  if (node.type === 'array') {
    const draft: ArrayDraft = { ...node, parent, step, items: [] };
    for (const [index, item] of node.items.entries()) draft.items.push(pruned(item, draft, index));
    return draft;
  }
  if (node.type !== 'object') return { ...node, parent, step };
  const draft: ObjectDraft = { ...node, parent, step, members: [] };
  for (const [name, member] of membersByName(node)) {
    if (member.value.type === 'null') continue;
    draft.members.push(withValue(name, member, 0, (step) => pruned(member.value, draft, step)));
  }
  return draft;
}

/** The node as it is, duplicates included: the library does not look into it. */
function copied(node: JsonNode, parent: Parent, step: JsonNode['step'], by: number): JsonNode {
  const offset = node.offset + by;
  if (node.type === 'array') {
    const draft: ArrayDraft = { ...node, offset, parent, step, items: [] };
    for (const [index, item] of node.items.entries()) {
      draft.items.push(copied(item, draft, index, by));
    }
    return draft;
  }
  if (node.type !== 'object') return { ...node, offset, parent, step };
  const draft: ObjectDraft = { ...node, offset, parent, step, members: [] };
  for (const member of node.members) {
    draft.members.push(
      withValue(member.name, member, by, (step) => copied(member.value, draft, step, by)),
    );
  }
  return draft;
}

function withValue(
  name: string,
  { nameNode }: JsonMember,
  by: number,
  valueOf: (step: string) => JsonNode,
): JsonMember {
  return {
    name,
    nameNode: { offset: nameNode.offset + by, length: nameNode.length },
    value: valueOf(name),
  };
}

/** Of duplicates the last, as Go's maps keep it; half of a surrogate pair becomes U+FFFD there. */
function membersByName({ members }: JsonObject): Map<string, JsonMember> {
  return new Map(members.map((member) => [member.name.toWellFormed(), member]));
}

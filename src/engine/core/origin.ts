import { CONFLIST_KEY, CONF_KEY } from './eni-config.ts';
import type { Problem } from './finding.ts';
import { type DataEdit, type Fix, prose } from './fix.ts';
import type { JsonNode } from '../json/node.ts';
import type { ReviewContext, RuleInfo } from './rule.ts';
import { holdSame } from '../json/same.ts';

/**
 * A problem inside the first entry at a member that stands so in the stored 10-terway.conf refuses
 * nothing: the entry must equal that text, which is not to be edited, and nodes run with it already.
 * A write that brings the text with it, as a CREATE does, is judged for both.
 */
export function withOrigin(problem: Problem, info: RuleInfo, context: ReviewContext): Problem {
  if (!standsInConf(problem, context)) return problem;
  const { change, object } = context;
  if (change.old?.data.get(CONF_KEY) !== object.data.get(CONF_KEY)) {
    return inBoth(problem, problem.fix ?? info.fix, context);
  }
  return {
    ...problem,
    isInherited: true,
    message: `${problem.message}; it comes from ${CONF_KEY}, which has it so`,
    fix: prose(
      `leave it as it is here; in ${CONF_KEY} it is changed with the component's configuration in the ACK console`,
    ),
  };
}

/** What is mended in one of the two texts only makes them differ. */
function inBoth(problem: Problem, fix: Fix, context: ReviewContext): Problem {
  const { edits, ...words } = fix;
  const both = edits && repeatedInConf(edits, context);
  return {
    ...problem,
    dependsOn: [CONFLIST_KEY, CONF_KEY],
    fix: {
      ...words,
      kind: 'prose',
      text: `${fix.kind === 'paste' ? 'write ' : ''}${fix.text}; the same in ${CONF_KEY}`,
      ...(both && { edits: both }),
    },
  };
}

/** The edits, and the same in 10-terway.conf where it is written as the first entry is. */
function repeatedInConf(
  edits: readonly DataEdit[],
  context: ReviewContext,
): readonly DataEdit[] | undefined {
  const conf = context.document(CONF_KEY)?.root;
  const entry = context.chain(CONFLIST_KEY)?.[0]?.node;
  const textOf = (key: string, node: JsonNode) =>
    context.object.data.get(key)?.slice(node.offset, node.offset + node.length);
  if (!conf || !entry || textOf(CONF_KEY, conf) !== textOf(CONFLIST_KEY, entry)) return undefined;
  const repeated: DataEdit[] = [];
  for (const edit of edits) {
    if (edit.kind !== 'text' || edit.key !== CONFLIST_KEY) return undefined;
    const isInside = edit.edits.every(
      ({ offset, length }) =>
        offset >= entry.offset && offset + length <= entry.offset + entry.length,
    );
    if (!isInside) return undefined;
    const moved = edit.edits.map((one) => ({
      ...one,
      offset: one.offset - entry.offset + conf.offset,
    }));
    repeated.push(edit, { ...edit, key: CONF_KEY, edits: moved });
  }
  return repeated;
}

function standsInConf({ key, path }: Problem, context: ReviewContext): boolean {
  const [list, index, ...inEntry] = path ?? [];
  if (key !== CONFLIST_KEY || list !== 'plugins' || index !== 0 || !path || !inEntry.length) {
    return false;
  }
  const conf = context.document(CONF_KEY)?.root;
  const chain = context.document(CONFLIST_KEY)?.root;
  return conf !== undefined && chain !== undefined && holdSame(conf, inEntry, chain, path);
}

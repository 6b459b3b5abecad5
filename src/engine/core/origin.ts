import { CONFLIST_KEY, CONF_KEY } from './eni-config.ts';
import type { Problem } from './finding.ts';
import { prose } from './fix.ts';
import type { ReviewContext } from './rule.ts';
import { holdSame } from '../json/same.ts';

/**
 * A problem inside the first entry at a member that stands so in the stored 10-terway.conf refuses
 * nothing: the entry must equal that text, which is not to be edited, and nodes run with it already.
 * A write that brings the text with it, as a CREATE does, is judged for both.
 */
export function withOrigin(problem: Problem, context: ReviewContext): Problem {
  if (!isInherited(problem, context)) return problem;
  return {
    ...problem,
    isInherited: true,
    message: `${problem.message}; it comes from ${CONF_KEY}, which has it so`,
    fix: prose(
      `leave it as it is here; in ${CONF_KEY} it is changed with the component's configuration in the ACK console`,
    ),
  };
}

function isInherited({ key, path }: Problem, context: ReviewContext): boolean {
  const { change, object } = context;
  if (change.old?.data.get(CONF_KEY) !== object.data.get(CONF_KEY)) return false;
  const [list, index, ...inEntry] = path ?? [];
  if (key !== CONFLIST_KEY || list !== 'plugins' || index !== 0 || !path || !inEntry.length) {
    return false;
  }
  const conf = context.document(CONF_KEY)?.root;
  const chain = context.document(CONFLIST_KEY)?.root;
  return conf !== undefined && chain !== undefined && holdSame(conf, inEntry, chain, path);
}

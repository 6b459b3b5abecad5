import { CONF_KEY, ENI_CONF_KEY, touches } from './eni-config.ts';
import type { Problem } from './finding.ts';
import { withWays } from './fix.ts';
import type { ReviewContext, RuleInfo } from './rule.ts';
import { quoted } from '../text/text.ts';

/** Characters of an identity to paste: a service account has 22, its namespace 63 and its name 253. */
const MAX_IDENTITY = 340;

/** The keys that ACK's own programs write. */
const KEYS_OF_ACK = [CONF_KEY, ENI_CONF_KEY];

/**
 * What is refused to a program at ACK's own keys names the setting that lets the program through,
 * with the identity to paste: a component upgrade can't read a refusal, its operator can.
 */
export function withAgent(problem: Problem, info: RuleInfo, { change }: ReviewContext): Problem {
  const { agent } = change;
  const refuses = (problem.severity ?? info.severity) === 'deny';
  const key = KEYS_OF_ACK.find((one) => one === problem.key);
  if (agent === undefined || !refuses || key === undefined || !touches(change, key)) return problem;
  return {
    ...problem,
    fix: withWays(problem.fix ?? info.fix, { kind: 'exempt', user: agent }),
    message:
      `${problem.message}; written by a program: if it is one of ACK, let it through with ` +
      `exempt: {users: [${quoted(agent, MAX_IDENTITY)}]} in the guard's configuration (config.exempt of the chart)`,
  };
}

import type { RuleId } from '../../src/engine/rules/index.ts';
import { CLAIMS } from './claims.ts';
import type { Claim, NodeShowing, Showing } from './claims/claim.ts';
import { BASE_VETH, VETH_CONF } from './config-maps.ts';

/** What the nodes of the lab show of a claim, in the order in which their sentences are kept. */
export function nodeShowingsOf({ runs = [], nodes = [] }: Claim): readonly NodeShowing[] {
  return [...runs.flatMap(asOnNode), ...nodes];
}

/** All of them. */
export const NODE_SHOWINGS: ReadonlyMap<RuleId, readonly NodeShowing[]> = new Map(
  Object.entries(CLAIMS)
    .map(([rule, claim]) => [rule as RuleId, nodeShowingsOf(claim)] as const)
    .filter(([, showings]) => showings.length > 0),
);

/** Whether it is shown by a program's own code only: the lab has a stand-in for what fails. */
export const isByCodeOnly = (showing: Showing): boolean => asOnNode(showing).length === 0;

/** The same on a node, or nothing. */
function asOnNode(showing: Showing): NodeShowing[] {
  if ('overlay' in showing) return [];
  if ('stage' in showing) {
    const { data, stage, message } = showing;
    if (stage === 'runtime') return [{ data, fails: 'not-ready', message }];
    return stage === 'cni' || stage === 'nodeconfig' ? [{ data, fails: 'init', message }] : [];
  }
  const { entry, message, release, isFirst } = showing;
  const terway = JSON.stringify(VETH_CONF);
  const entries = isFirst ? [entry, terway] : [terway, entry];
  const data = { ...BASE_VETH, '10-terway.conflist': `{"plugins": [${entries.join(', ')}]}` };
  const asksForPort = entry.includes('"portMappings":true');
  return [
    {
      data,
      fails: 'sandbox',
      message,
      ...(release !== undefined && { release }),
      ...(asksForPort && { hasHostPort: true }),
    },
  ];
}

import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import { ENI_CONF_KEY } from './eni-config.ts';
import type { Problem } from './finding.ts';
import type { ReviewContext, RuleInfo } from './rule.ts';

/** The value of `ipam_type` with which a controller gives addresses to nodes. */
export const CENTRAL_IPAM = 'crd';

/**
 * Whether a controller gives addresses to nodes: then `eni_conf` is read from the API as well, at
 * each look at a node and for pods that are made. Source: Terway's daemon/daemon.go,
 * pkg/eni/node_reconcile.go and pkg/controller/webhook/mutating.go.
 */
export function hasCentralIpam(root: JsonNode): boolean {
  return exactMember(root, 'ipam_type')?.value.value === CENTRAL_IPAM;
}

/**
 * What is wrong in `eni_conf` and harms waits for no restart where the controller reads it from the
 * API: its message says so. A text that can't be read has no `ipam_type`, and the stored one counts.
 */
export function withTime(problem: Problem, info: RuleInfo, context: ReviewContext): Problem {
  const isGrave =
    (problem.severity ?? info.severity) === 'deny' && (problem.impact ?? info.impact) === 'outage';
  if (problem.key !== ENI_CONF_KEY || !isGrave) return problem;
  const root = context.document(ENI_CONF_KEY)?.root ?? context.documentBefore(ENI_CONF_KEY)?.root;
  if (!root || !hasCentralIpam(root)) return problem;
  return {
    ...problem,
    message: `${problem.message}; under central IPAM (ipam_type "${CENTRAL_IPAM}") it acts at once, also on new pods`,
  };
}

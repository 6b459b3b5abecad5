import { CENTRAL_IPAM } from '../catalogue/eni-conf.ts';
import { ENI_CONF_KEY } from '../core/eni-config.ts';
import type { ReviewContext } from '../core/rule.ts';
import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import { decodedEntries } from './decoded-entries.ts';
import type { DecodedObject } from './decoded-object.ts';

/** What the daemon makes of `eni_conf`. */

export function eniConfOf(context: ReviewContext): DecodedObject | undefined {
  return decodedEntries(context).find(({ key }) => key === ENI_CONF_KEY);
}

/**
 * Whether a controller gives addresses to nodes: then `eni_conf` is read from the API as well, at
 * each look at a node and for pods that are made. Source: Terway's daemon/daemon.go,
 * pkg/eni/node_reconcile.go and pkg/controller/webhook/mutating.go.
 */
export function hasCentralIpam(root: JsonNode): boolean {
  return exactMember(root, 'ipam_type')?.value.value === CENTRAL_IPAM;
}

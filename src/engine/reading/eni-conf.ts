import { ENI_CONF_KEY } from '../core/eni-config.ts';
import type { ReviewContext } from '../core/rule.ts';
import { decodedEntries } from './decoded-entries.ts';
import type { DecodedObject } from './decoded-object.ts';

/** What the daemon makes of `eni_conf`. */

export function eniConfOf(context: ReviewContext): DecodedObject | undefined {
  return decodedEntries(context).find(({ key }) => key === ENI_CONF_KEY);
}

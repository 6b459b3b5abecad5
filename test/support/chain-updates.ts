import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from './config-maps.ts';
import { type ReviewOptions, reviewBody } from './reviews.ts';

/** Bodies of reviews in which an UPDATE sets the chain. */

export const GOOD_CHAIN = VENDOR_CHAINS['private access']!;
export const BAD_CHAIN = conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }]);

/** An UPDATE that sets the chain; everything else stays as it was. */
export const update = (chain: string, options: ReviewOptions = {}) =>
  reviewBody({ oldData: BASE_VENDOR, data: withConflist(BASE_VENDOR, chain), ...options });

export const GOOD = update(GOOD_CHAIN);
export const BAD = update(BAD_CHAIN);

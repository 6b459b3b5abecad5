import t from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import type { WebhookOptions } from '../../../src/admission/validate.ts';
import { CONF_KEY } from '../../../src/engine/core/eni-config.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { review } from '../../../src/engine/rules/index.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { webhookOf } from '../../support/mutations.ts';
import { reviewBody } from '../../support/reviews.ts';

/** A write of a chain that lacks a default, and of the same conf in other bytes. */
const WRITE = reviewBody({
  oldData: BASE_VENDOR,
  data: {
    ...withConflist(BASE_VENDOR, conflist([VENDOR_CONF, PORTMAP])),
    [CONF_KEY]: JSON.stringify(VENDOR_CONF),
  },
});

/** What `mutate` asks of the engine for that write, where 10-terway.conf may be changed. */
async function reviewsFor(more: Partial<WebhookOptions>) {
  const reviews: Parameters<WebhookOptions['review']>[] = [];
  const policy = { ...DEFAULT_POLICY, rules: new Map([['conf-changed', 'warn' as const]]) };
  const { injected } = await mutate(WRITE, {
    ...webhookOf({ policy }),
    ...more,
    review: (...given) => {
      reviews.push(given);
      return review(...given);
    },
  });
  return { injected, reviews };
}

t.test('a write is reviewed once as it came, and once with its defaults', async (t) => {
  const injected = ['portmap.externalSetMarkChain'];
  const alone = await reviewsFor({});
  t.match(alone, { injected, reviews: [Array] });
  t.equal(alone.reviews.length, 1, 'what the validator will judge is not reviewed here');
  const beside = await reviewsFor({ hasAdmissionPolicy: true });
  t.match(beside, { injected, reviews: [Array, Array] });
  t.equal(beside.reviews.length, 2);
});

t.test('the reviews of one call share what was read of a text', async (t) => {
  const { reviews } = await reviewsFor({ hasAdmissionPolicy: true });
  const [[first, , , read], [second, , , readAgain]] = reviews as [
    (typeof reviews)[number],
    (typeof reviews)[number],
  ];
  const conf = first.new!.data.get(CONF_KEY)!;
  t.equal(second.new!.data.get(CONF_KEY), conf);
  t.equal(read!(conf), readAgain!(conf));
});

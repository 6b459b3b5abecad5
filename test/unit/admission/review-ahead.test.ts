import t, { type Test } from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import { ReviewAhead } from '../../../src/admission/review-ahead.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import type { Facts } from '../../../src/engine/core/facts.ts';
import { review } from '../../../src/engine/rules/index.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { ACK, factsOf, webhookOf } from '../../support/mutations.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';

/** A review made after the answer of `/mutate`, for `/validate` to be asked about the same write. */

const CHAIN = withConflist(BASE_VENDOR, VENDOR_CHAINS['private access']!);
const WRITE: ReviewOptions = { oldData: BASE_VENDOR, data: CHAIN };

/** A webhook that reviews ahead, by facts that a test may change, and how many reviews it made. */
function webhookAhead() {
  const known: { facts: Facts } = { facts: factsOf(ACK) };
  const made = { reviews: 0 };
  const webhook: WebhookOptions = {
    ...webhookOf(),
    ahead: new ReviewAhead(),
    facts: () => known.facts,
    review(...given) {
      made.reviews += 1;
      return review(...given);
    },
  };
  return { known, made, webhook };
}

/** Asks about one write at `/mutate`, then about the other at `/validate`; how many reviews that took then. */
async function reviewsAfter(
  t: Test,
  one: ReviewOptions,
  other: ReviewOptions,
  webhooks = webhookAhead(),
) {
  const { webhook, made } = webhooks;
  const { afterwards } = await mutate(reviewBody(one), webhook);
  afterwards?.();
  const before = made.reviews;
  const { response } = await validate(reviewBody(other), webhook);
  t.same(response, (await validate(reviewBody(other), webhookOf())).response);
  return made.reviews - before;
}

t.test(
  'a write that is stored as it came is reviewed before it is asked about again',
  async (t) => {
    t.equal(await reviewsAfter(t, WRITE, { ...WRITE, uid: 'b' }), 0);
    const slip = { ...WRITE, data: withConflist(BASE_VENDOR, conflist([VENDOR_CONF, {}])) };
    t.equal(await reviewsAfter(t, slip, { ...slip, uid: 'b' }), 0, 'also where it is refused then');
  },
);

const OTHERS: Readonly<Record<string, ReviewOptions>> = {
  'another chain': {
    data: withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { ...PORTMAP, snat: false }])),
  },
  'another key': { data: { ...CHAIN, note: 'x' } },
  'what stood there before': { oldData: CHAIN },
  'a dry run': { dryRun: true },
  'the order of keys': {
    data: Object.fromEntries(Object.entries(CHAIN).reverse()),
  },
  'an agent': { username: 'system:serviceaccount:kube-system:argocd' },
  'an annotation that asks for break-glass': {
    annotations: { 'eni-config-guard/bypass-reason': 'x' },
  },
};

for (const [what, other] of Object.entries(OTHERS)) {
  t.test(`a write that differs in ${what} is reviewed anew`, async (t) => {
    t.equal(await reviewsAfter(t, WRITE, { ...WRITE, ...other }), 1);
  });
}

t.test('a write that gets a default is reviewed anew', async (t) => {
  const data = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, PORTMAP]));
  const { webhook } = webhookAhead();
  const { response, afterwards } = await mutate(reviewBody({ ...WRITE, data }), webhook);
  t.ok(response.patch);
  t.equal(afterwards, undefined);
});

t.test('a review that was made ahead is used once', async (t) => {
  const webhooks = webhookAhead();
  t.equal(await reviewsAfter(t, WRITE, WRITE, webhooks), 0);
  await validate(reviewBody(WRITE), webhooks.webhook);
  t.equal(webhooks.made.reviews, 2);
});

t.test('other facts, or facts that have aged: reviewed anew, and by the newer facts', async (t) => {
  const { facts } = webhookAhead().known;
  const LATER: Readonly<Record<string, readonly [Facts, Facts, number]>> = {
    'a moment later': [{ ...facts, asOf: 5000 }, { ...facts, asOf: 5001 }, 0],
    'a second and more later': [{ ...facts, asOf: 5000 }, { ...facts, asOf: 6001 }, 1],
    'a clock that was put back': [{ ...facts, asOf: 5000 }, { ...facts, asOf: 4999 }, 1],
    'a fact less': [facts, { plugins: facts.plugins }, 1],
    'a fact more': [{ plugins: facts.plugins }, facts, 1],
    'a fact learnt anew': [facts, { ...facts, plugins: new Map(facts.plugins) }, 1],
  };
  for (const [when, [then, now, reviews]] of Object.entries(LATER)) {
    const { known, made, webhook } = webhookAhead();
    known.facts = then;
    (await mutate(reviewBody(WRITE), webhook)).afterwards?.();
    known.facts = now;
    const before = made.reviews;
    const outcome = await validate(reviewBody(WRITE), webhook);
    t.equal(made.reviews - before, reviews, when);
    t.equal(outcome.facts, reviews === 0 ? then : now, `${when}: what it rests on is recorded`);
  }
});

t.test('a review that fails is no matter of /mutate, and is told of by /validate', async (t) => {
  const { webhook } = webhookAhead();
  const fail = () => {
    throw new TypeError('a fake failure');
  };
  const failing = { ...webhook, review: fail };
  const { response, afterwards } = await mutate(reviewBody(WRITE), failing);
  t.equal(response.allowed, true);
  t.doesNotThrow(() => afterwards?.());
  t.match(await validate(reviewBody(WRITE), failing), { failure: 'TypeError' });
});

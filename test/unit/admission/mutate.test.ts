import t from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import { CONF_KEY } from '../../../src/engine/core/eni-config.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { review } from '../../../src/engine/rules/index.ts';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CHAINS,
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

/** The object as both webhooks leave it, and what the first of them said. */
async function written(data: Data, username = 'alice', policy = DEFAULT_POLICY) {
  const webhook = webhookOf({ policy });
  const { response } = await mutate(reviewBody({ oldData: BASE_VENDOR, data, username }), webhook);
  const patch = JSON.parse(Buffer.from(response.patch ?? 'W10=', 'base64').toString()) as {
    path: string;
    value: string;
  }[];
  const patched = Object.fromEntries([
    ...Object.entries(data),
    ...patch.map(({ path, value }) => [path.replace('/data/', ''), value] as const),
  ]);
  const body = reviewBody({ oldData: BASE_VENDOR, data: patched, username });
  const { response: answer } = await validate(body, webhook);
  return { patched, warnings: response.warnings ?? [], allowed: answer.allowed };
}

t.test("the vendor's examples pass where the stored conf is laid out another way", async (t) => {
  for (const [name, chain] of Object.entries(VENDOR_CHAINS)) {
    const conf = `${JSON.stringify(VENDOR_CONF, null, 4)}\n`;
    const { patched, warnings, allowed } = await written({
      ...withConflist(BASE_VENDOR, chain),
      [CONF_KEY]: conf,
    });
    t.equal(allowed, true, name);
    t.equal(patched[CONF_KEY], BASE_VENDOR[CONF_KEY]);
    t.equal(warnings.filter((text) => text.includes('the stored text was kept')).length, 1);
  }
});

t.test('the stored conf is put back for no other write', async (t) => {
  const other = { ...BASE_VENDOR, [CONF_KEY]: JSON.stringify({ ...VENDOR_CONF, mtu: 1400 }) };
  t.match(await written(other), { allowed: false, warnings: [], patched: other });
  const same = { ...BASE_VENDOR, [CONF_KEY]: JSON.stringify(VENDOR_CONF) };
  const exempt = { users: new Set(['ack']), groups: new Set<string>() };
  const byExempt = await written(same, 'ack', { ...DEFAULT_POLICY, exempt });
  t.match(byExempt, { allowed: true, warnings: [], patched: same });
});

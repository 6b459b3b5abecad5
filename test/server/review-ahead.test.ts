import t, { type Test } from 'tap';
import { ReviewAhead } from '../../src/admission/review-ahead.ts';
import { AHEAD_BODY_BYTES } from '../../src/server/limits.ts';
import { review } from '../../src/engine/rules/index.ts';
import { BASE_VENDOR, VENDOR_CHAINS, type Data, withConflist } from '../support/config-maps.ts';
import { sendInTurn } from '../support/https-client.ts';
import { reviewBody } from '../support/reviews.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

/** When the server has a write reviewed between its calls, and when it does not. */

const CHAIN = withConflist(BASE_VENDOR, VENDOR_CHAINS['private access']!);
const write = (data: Data = CHAIN) => reviewBody({ oldData: BASE_VENDOR, data });

/** A server, with what it did in order: reviews, and lines of its log by endpoint. */
async function startCounted(t: Test) {
  const done: string[] = [];
  const webhook = {
    ...WEBHOOK,
    ahead: new ReviewAhead(),
    review: (...given: Parameters<typeof review>) => {
      done.push('review');
      return review(...given);
    },
  };
  const log = {
    info: (fields: { endpoint?: string } | string) => {
      if (typeof fields !== 'string') done.push(fields.endpoint ?? '');
    },
    warn: () => undefined,
    error: () => undefined,
  };
  const server = await startApp(t, { webhook, log });
  return { done, server };
}

t.test(
  'a write is reviewed between the answers, before the first of them is recorded',
  async (t) => {
    const { done, server } = await startCounted(t);
    const ask = sendInTurn(t, server);
    for (const path of ['/mutate', '/validate']) await ask(path, write());
    t.same(done, ['review', 'mutate', 'validate']);
  },
);

t.test('a write with a larger body is not reviewed ahead', async (t) => {
  const { done, server } = await startCounted(t);
  const ask = sendInTurn(t, server);
  const body = write({ ...CHAIN, note: 'x'.repeat(AHEAD_BODY_BYTES) });
  for (const path of ['/mutate', '/validate']) await ask(path, body);
  t.same(done, ['mutate', 'review', 'validate']);
});

t.test('nothing is reviewed ahead while others wait', async (t) => {
  const { done, server } = await startCounted(t);
  const calls = Array.from({ length: 20 }, () => sendInTurn(t, server));
  for (const ask of calls) await ask('/mutate', write());
  done.length = 0;
  await Promise.all(calls.map((ask) => ask('/mutate', write())));
  const reviews = done.filter((what) => what === 'review').length;
  t.ok(reviews < calls.length / 2, `${reviews} of ${calls.length} were reviewed ahead`);
});

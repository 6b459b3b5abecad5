import t from 'tap';
import { type ApiCall, ApiError, type ApiServer } from '../../../src/kube/api.ts';
import { listing, readEvery } from '../../../src/facts/lists.ts';
import { pagesOf } from '../../../src/kube/pages.ts';
import { Health } from '../../../src/facts/source.ts';
import { waitFor } from '../../support/wait.ts';

const PATIENCE_MS = 20_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Answer = Error | { readonly items: readonly string[]; readonly next?: string };

/** A server of pages: what it answers to a token the first time, the second time and so on. */
function server(answers: Readonly<Record<string, readonly Answer[]>>) {
  const asked: string[] = [];
  const times: number[] = [];
  const call = async ({ query = {} }: ApiCall): Promise<unknown> => {
    const token = query.continue ?? 'first';
    const script = answers[token] ?? [];
    const answer = script[Math.min(asked.filter((t) => t === token).length, script.length - 1)];
    asked.push(token);
    times.push(performance.now());
    if (!answer || answer instanceof Error) throw answer ?? new Error(`no page ${token}`);
    return { metadata: { continue: answer.next }, items: answer.items };
  };
  return { api: { call } as unknown as ApiServer, asked, times };
}

async function namesOf(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of pages) names.push(...page);
  return names;
}

const one = { items: ['a', 'b'], next: '2' };
const two = { items: ['c', 'd'], next: '3' };
const three = { items: ['e'], next: '' };
const ALL = ['a', 'b', 'c', 'd', 'e'];
const expired = (continueToken?: string) =>
  new ApiError(410, 'Expired', 'too old', continueToken === undefined ? {} : { continueToken });

t.test('a list of several pages', async (t) => {
  const { api, asked } = server({ first: [one], 2: [two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '3']);
});

t.test('a page that fails for the moment is asked for again, and no other is', async (t) => {
  const lost = new ApiError(undefined, 'ECONNRESET', 'lost');
  const busy = new ApiError(503, 'ServiceUnavailable', 'busy');
  const expired = new ApiError(401, 'Unauthorized', 'no');
  const { api, asked } = server({ first: [one], 2: [lost, busy, two], 3: [expired, three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2', '2', '3', '3']);
});

t.test('a server that has too much to do is left alone for as long as it says', async (t) => {
  const slowDown = new ApiError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 2000 });
  const { api, asked, times } = server({ first: [one], 2: [slowDown, two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2', '3']);
  t.ok(times[2]! - times[1]! >= 1990, `${times[2]! - times[1]!} ms`);
});

t.test('a list whose token has expired goes on with the one it is given', async (t) => {
  const { api, asked } = server({ first: [one], 2: [expired('2b')], '2b': [two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2b', '3']);
});

t.test('what will not mend breaks the list off', async (t) => {
  for (const error of [
    expired(),
    new ApiError(403, 'Forbidden', 'no'),
    new ApiError(429, 'TooManyRequests', 'go away', { retryAfterMs: 3_600_000 }),
  ]) {
    const { api, asked } = server({ first: [one], 2: [error, two], 3: [three] });
    await t.rejects(namesOf(pagesOf(api, { path: '/x' })), error);
    t.same(asked, ['first', '2']);
  }
  const busy = new ApiError(503, 'ServiceUnavailable', 'busy');
  const { api, asked } = server({ first: [busy] });
  await t.rejects(namesOf(pagesOf(api, { path: '/x' })), busy);
  t.same(asked, ['first'], 'the first page is asked for once: nothing is lost with it');
});

function setUp(answers: Parameters<typeof server>[0]) {
  const { api, asked } = server(answers);
  const health = new Health('nodes', ['/x'], SILENT);
  const options = { api, now: () => 7, changed: () => undefined };
  return { asked, health, list: listing(health, { path: '/x' }, options, namesOf) };
}

t.test('a list that broke off is not begun anew at once, one that was refused is', async (t) => {
  const controller = new AbortController();
  t.teardown(() => controller.abort());
  const refused = new ApiError(403, 'Forbidden', 'no');
  const { asked, list, health } = setUp({
    first: [refused, refused, one],
    2: [expired()],
  });
  const ended = readEvery(86_400_000, list.read, controller.signal);
  await waitFor('the list to break off', PATIENCE_MS, async () =>
    asked.includes('2') ? true : undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 4000));
  t.same(asked, ['first', 'first', 'first', '2']);
  t.match(health.status().lastError, { reason: 'Expired' });
  t.equal(list.known(), undefined);
  controller.abort();
  await ended;
});

t.test('a list that is called off is no failure', async (t) => {
  const controller = new AbortController();
  const { asked, list, health } = setUp({
    first: [one],
    2: [new ApiError(503, 'ServiceUnavailable', 'busy')],
  });
  const ended = readEvery(86_400_000, list.read, controller.signal);
  await waitFor('the second page', PATIENCE_MS, async () =>
    asked.includes('2') ? true : undefined,
  );
  controller.abort();
  await ended;
  t.equal(health.status().lastError, undefined);
});

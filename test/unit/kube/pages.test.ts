import t from 'tap';
import { ApiError } from '../../../src/kube/api.ts';
import { METADATA_MESSAGE } from '../../../src/kube/messages.ts';
import { PAGE_SIZE, PROTOBUF_PAGE_SIZE, pagesOf } from '../../../src/kube/pages.ts';
import { answeringApi } from '../../support/answering-api.ts';
import { expired, pagedApi } from '../../support/paged-api.ts';

async function namesOf(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of pages) names.push(...page);
  return names;
}

const one = { items: ['a', 'b'], next: '2' };
const two = { items: ['c', 'd'], next: '3' };
const three = { items: ['e'], next: '' };
const ALL = ['a', 'b', 'c', 'd', 'e'];

t.test('a list of several pages', async (t) => {
  const { api, asked, calls } = pagedApi({ first: [one], 2: [two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x', labelSelector: 'a=b' })), ALL);
  t.same(asked, ['first', '2', '3']);
  const query = { limit: String(PAGE_SIZE), labelSelector: 'a=b' };
  t.same(calls, [
    { method: 'GET', path: '/x', query },
    { method: 'GET', path: '/x', query: { ...query, continue: '2' } },
    { method: 'GET', path: '/x', query: { ...query, continue: '3' } },
  ]);
});

t.test('of objects in JSON is kept what is asked for, too', async (t) => {
  const { api } = pagedApi({ first: [one], 2: [three] });
  const keep = (name: string) => name.toUpperCase();
  t.same(await namesOf(pagesOf(api, { path: '/x', keep })), ['A', 'B', 'E']);
});

t.test('pages are larger once a server has answered in protobuf', async (t) => {
  const limits = async (isProtobuf: boolean) => {
    const { api, calls } = pagedApi({ first: [one], 2: [two], 3: [three] }, isProtobuf);
    t.same(await namesOf(pagesOf(api, { path: '/x', protobuf: METADATA_MESSAGE })), ALL);
    return calls.map(({ query }) => Number(query?.limit));
  };
  t.same(await limits(true), [PAGE_SIZE, PROTOBUF_PAGE_SIZE, PROTOBUF_PAGE_SIZE]);
  t.same(await limits(false), [PAGE_SIZE, PAGE_SIZE, PAGE_SIZE], 'a text is kept short');
});

t.test('a list that is called off ends before its next page', async (t) => {
  const { api, asked } = pagedApi({ first: [one], 2: [two] });
  const controller = new AbortController();
  const pages = pagesOf(api, { path: '/x', signal: controller.signal });
  t.same((await pages.next()).value, ['a', 'b']);
  controller.abort();
  await t.rejects(pages.next(), new ApiError(undefined, 'Aborted', 'called off'));
  t.same(asked, ['first']);
});

t.test('a page that fails for the moment is asked for again, and no other is', async (t) => {
  const lost = new ApiError(undefined, 'ECONNRESET', 'lost');
  const busy = new ApiError(503, 'ServiceUnavailable', 'busy');
  const expired = new ApiError(401, 'Unauthorized', 'no');
  const { api, asked } = pagedApi({ first: [one], 2: [lost, busy, two], 3: [expired, three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2', '2', '3', '3']);
});

t.test('a server that has too much to do is left alone for as long as it says', async (t) => {
  const slowDown = new ApiError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 2000 });
  const { api, asked, times } = pagedApi({ first: [one], 2: [slowDown, two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2', '3']);
  t.ok(times[2]! - times[1]! >= 1990, `${times[2]! - times[1]!} ms`);
});

t.test('a list whose token has expired goes on with the one it is given', async (t) => {
  const { api, asked } = pagedApi({ first: [one], 2: [expired('2b')], '2b': [two], 3: [three] });
  t.same(await namesOf(pagesOf(api, { path: '/x' })), ALL);
  t.same(asked, ['first', '2', '2b', '3']);
});

t.test('what will not mend breaks the list off', async (t) => {
  for (const error of [
    expired(),
    new ApiError(403, 'Forbidden', 'no'),
    new ApiError(429, 'TooManyRequests', 'go away', { retryAfterMs: 3_600_000 }),
  ]) {
    const { api, asked } = pagedApi({ first: [one], 2: [error, two], 3: [three] });
    await t.rejects(namesOf(pagesOf(api, { path: '/x' })), error);
    t.same(asked, ['first', '2']);
  }
  const busy = new ApiError(503, 'ServiceUnavailable', 'busy');
  const { api, asked } = pagedApi({ first: [busy] });
  await t.rejects(namesOf(pagesOf(api, { path: '/x' })), busy);
  t.same(asked, ['first'], 'the first page is asked for once: nothing is lost with it');
});

t.test('a list without objects, which Go writes as null, is an empty page', async (t) => {
  const { api } = answeringApi({ metadata: {}, items: null });
  const pages: unknown[] = [];
  for await (const page of pagesOf(api, { path: '/api/v1/nodes' })) pages.push(page);
  t.same(pages, [[]]);
});

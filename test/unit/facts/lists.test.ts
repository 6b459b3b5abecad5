import t from 'tap';
import { ApiError } from '../../../src/kube/api.ts';
import { listing, readEvery } from '../../../src/facts/lists.ts';
import { Health } from '../../../src/facts/source.ts';
import { expired, pagedApi } from '../../support/paged-api.ts';
import { waitFor } from '../../support/wait.ts';

const PATIENCE_MS = 20_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function namesOf(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of pages) names.push(...page);
  return names;
}

const one = { items: ['a', 'b'], next: '2' };

function setUp(answers: Parameters<typeof pagedApi>[0]) {
  const { api, asked } = pagedApi(answers);
  const health = new Health('nodes', ['/x'], SILENT);
  const options = { api, now: () => 7, changed: () => undefined };
  return { asked, health, list: listing(health, () => ({ path: '/x' }), options, namesOf) };
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

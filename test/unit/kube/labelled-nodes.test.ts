import t from 'tap';
import { ApiError, type ApiCall, type ApiServer } from '../../../src/kube/api.ts';
import { countLabelled } from '../../../src/kube/labelled-nodes.ts';

interface Page {
  readonly items: number;
  readonly more?: string;
  readonly remaining?: number;
}

/** Answers with these pages, one a call; where there is none the call fails. */
function serving(...pages: readonly Page[]) {
  const calls: ApiCall[] = [];
  const call = async (asked: ApiCall) => {
    const page = pages[calls.length];
    calls.push(asked);
    if (!page) throw new ApiError(500, 'InternalError', 'away');
    return {
      items: Array.from({ length: page.items }, () => ({})),
      metadata: { continue: page.more, remainingItemCount: page.remaining },
    };
  };
  return { api: { call } as unknown as ApiServer, calls };
}

t.test('nodes are counted page by page', async (t) => {
  const { api, calls } = serving({ items: 8, more: 'a' }, { items: 3 });
  t.same(await countLabelled(api, 'pool-a'), { count: 11, isOpen: false });
  t.match(calls, [
    { path: '/api/v1/nodes', query: { labelSelector: 'terway-config=pool-a', limit: '16' } },
    { query: { continue: 'a' } },
  ]);
});

t.test('a server that says how many are left is believed', async (t) => {
  const { api } = serving({ items: 8, more: 'a', remaining: 92 });
  t.same(await countLabelled(api, 'pool-a'), { count: 100, isOpen: false });
});

t.test('what was counted before a failure is the least there are', async (t) => {
  const { api } = serving({ items: 8, more: 'a' });
  t.same(await countLabelled(api, 'pool-a'), { count: 8, isOpen: true });
  await t.rejects(countLabelled(serving().api, 'pool-a'), ApiError);
});

t.test('a name that no label can hold is asked for in vain', async (t) => {
  const { api, calls } = serving();
  for (const name of ['', 'a'.repeat(64), '-a']) {
    t.same(await countLabelled(api, name), { count: 0, isOpen: false });
  }
  t.same(calls, []);
});

import t from 'tap';
import { ApiError, type ApiCall, type ApiServer } from '../../../src/kube/api.ts';
import { readOverlaysInUse } from '../../../src/kube/overlays.ts';

const labelled = (name: string) => ({ metadata: { labels: { 'terway-config': name } } });

/** A cluster with nodes of these labels and one ConfigMap, `pool-a`. */
function cluster(labels: readonly string[], failure?: ApiError) {
  const calls: string[] = [];
  const call = async ({ path, query }: ApiCall): Promise<unknown> => {
    calls.push(path);
    if (path === '/api/v1/nodes') {
      t.equal(query?.labelSelector, 'terway-config');
      return { metadata: {}, items: labels.map(labelled) };
    }
    if (failure) throw failure;
    if (path.endsWith('/pool-a')) return { data: { eni_conf: '{}' } };
    throw new ApiError(404, 'NotFound', 'no such ConfigMap');
  };
  return { api: { call } as unknown as ApiServer, calls };
}

t.test('what nodes name is read once each, and what is missing is found', async (t) => {
  const { api, calls } = cluster(['pool-b', 'pool-a', '', 'pool-a']);
  const found = await readOverlaysInUse(api);
  t.same(
    found.map(({ name, nodes, object }) => [name, nodes, object?.data.get('eni_conf')]),
    [
      ['pool-a', 2, '{}'],
      ['pool-b', 1, undefined],
    ],
  );
  const configMaps = '/api/v1/namespaces/kube-system/configmaps';
  t.same(calls, ['/api/v1/nodes', `${configMaps}/pool-a`, `${configMaps}/pool-b`]);
});

t.test('no more than fifty are read', async (t) => {
  const { api } = cluster(Array.from({ length: 60 }, (_, index) => `pool-${index}`));
  t.equal((await readOverlaysInUse(api)).length, 50);
});

t.test('without the right it fails', async (t) => {
  const { api } = cluster(['pool-a'], new ApiError(403, 'Forbidden', 'may not'));
  await t.rejects(readOverlaysInUse(api), ApiError);
});

import t from 'tap';
import { ApiError, type ApiCall, type ApiServer } from '../../../src/kube/api.ts';
import { readNamedOverlays, readOverlay } from '../../../src/kube/overlays.ts';

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

t.test('what nodes name is counted, by name', async (t) => {
  const { api } = cluster(['pool-b', 'pool-a', '', 'pool-a']);
  t.same(await readNamedOverlays(api), {
    overlays: [
      { name: 'pool-a', nodes: 2 },
      { name: 'pool-b', nodes: 1 },
    ],
    omitted: 0,
  });
});

t.test('no more than fifty, and the number of the rest', async (t) => {
  const { api } = cluster(Array.from({ length: 60 }, (_, index) => `pool-${index}`));
  const { overlays, omitted } = await readNamedOverlays(api);
  t.equal(overlays.length, 50);
  t.equal(omitted, 10);
});

t.test('one is read by its name, and may be missing', async (t) => {
  const { api, calls } = cluster([]);
  t.equal((await readOverlay(api, 'pool-a'))?.data.get('eni_conf'), '{}');
  t.equal(await readOverlay(api, 'pool-b'), undefined);
  const configMaps = '/api/v1/namespaces/kube-system/configmaps';
  t.same(calls, [`${configMaps}/pool-a`, `${configMaps}/pool-b`]);
});

t.test('without the right it fails', async (t) => {
  const { api } = cluster([], new ApiError(403, 'Forbidden', 'may not'));
  await t.rejects(readOverlay(api, 'pool-a'), ApiError);
});

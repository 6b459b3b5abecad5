import type { ControlPlane } from '../../../test/cluster/controlplane/control-plane.ts';
import { waitFor } from '../../../test/support/wait.ts';

const PATIENCE_MS = 30_000;
const STORES = '/apis/pepr.dev/v1/namespaces/pepr-system/peprstores';

/** Makes what Pepr's own installation makes before a module starts: its namespace and its kind of store. */
export async function preparePeprStore(plane: ControlPlane): Promise<void> {
  await plane.raw('POST', '/api/v1/namespaces', { metadata: { name: 'pepr-system' } });
  const texts = { type: 'object', additionalProperties: { type: 'string' } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { data: texts } } };
  const { status, body } = await plane.raw(
    'POST',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    {
      metadata: { name: 'peprstores.pepr.dev' },
      spec: {
        group: 'pepr.dev',
        scope: 'Namespaced',
        names: { plural: 'peprstores', singular: 'peprstore', kind: 'PeprStore' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  );
  if (status !== 201) throw new Error(`the kind of Pepr's store: ${body}`);
  await waitFor("the kind of Pepr's store", PATIENCE_MS, async () =>
    (await plane.raw('GET', STORES)).status === 200 ? true : undefined,
  );
}

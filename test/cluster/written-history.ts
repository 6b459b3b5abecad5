import { encodeHistory } from '../../src/rollout/history/document.ts';
import { type Revision, chainHash } from '../../src/rollout/history/revision.ts';
import type { Data } from '../support/config-maps.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';

/** The guard's history, as guards would have written it. */
export async function writeHistory(
  plane: ControlPlane,
  texts: readonly (readonly [at: Date, data: Data])[],
): Promise<void> {
  const revisions = texts.map(([at, data], index): Revision => ({
    number: index + 1,
    at: at.toISOString(),
    resourceVersion: String(index + 1),
    hash: `sha256:${index}`,
    chain: chainHash(new Map(Object.entries(data))),
    data,
  }));
  const history = (await encodeHistory({ seen: '2', revisions })).toString('base64');
  const { status, body } = await plane.raw('POST', '/api/v1/namespaces/kube-system/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'eni-config-guard-history' },
    data: { history },
  });
  if (status !== 201) throw new Error(body);
}

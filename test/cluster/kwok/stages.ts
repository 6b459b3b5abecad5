import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sourcesOf } from '../../support/go-module.ts';
import { KWOK } from './binary.ts';

/** What kwok writes into the status of nodes and pods; of its own only these are needed. */
const OWN = ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-delete'] as const;

/** The stages that kwok's own module has, as one text. */
export async function ownStages(): Promise<string> {
  const { folder } = await sourcesOf(KWOK);
  const texts = OWN.map(async (name) =>
    readFile(join(folder, 'kustomize', 'stage', `${name}.yaml`), 'utf8'),
  );
  return (await Promise.all(texts)).join('\n---\n');
}

interface Match {
  readonly key: string;
  readonly operator: 'In' | 'DoesNotExist' | 'Exists';
  readonly values?: readonly string[];
}

/**
 * A stage for pods that have not started and match; kwok takes it in place of its own. JSON is YAML.
 */
export function podStage(name: string, matches: readonly Match[], status: object): string {
  return JSON.stringify({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      // Of stages that match, those with the most weight are drawn from; kwok's own have none.
      weight: 1,
      selector: {
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: '.status.phase', operator: 'In', values: ['Pending'] },
          ...matches,
        ],
      },
      next: { statusTemplate: JSON.stringify(status) },
    },
  });
}

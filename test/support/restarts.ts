import { UID } from './reviews.ts';

/** AdmissionReview bodies of a DaemonSet as a real API server sends them (shape measured on 1.36). */

export interface RestartOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly resource?: string;
  readonly operation?: string;
  /** Whether the pod template differs. */
  readonly replacesPods?: boolean;
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly dryRun?: boolean;
  /** Of the new template, and of the old one where that differs. */
  readonly image?: string;
  readonly imageBefore?: string;
  /** What the old template says of the last restart. */
  readonly restartedBefore?: string;
}

export function restartObject({
  name = 'terway-eniip',
  namespace = 'kube-system',
  resource = 'daemonsets',
  operation = 'UPDATE',
  replacesPods = true,
  username = 'alice',
  groups = ['devs', 'system:authenticated'],
  dryRun = false,
  image = 'example.com/terway:v1.15.2',
  imageBefore = image,
  restartedBefore = '2026-01-31T10:00:00Z',
}: RestartOptions) {
  const daemonSet = (restartedAt: string, generation: number, shown = image) => ({
    kind: 'DaemonSet',
    apiVersion: 'apps/v1',
    metadata: { name, namespace, generation },
    spec: {
      selector: { matchLabels: { app: 'terway-eniip' } },
      template: {
        metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } },
        spec: { containers: [{ name: 'terway', image: shown }] },
      },
    },
  });
  const kind = { group: 'apps', version: 'v1', kind: 'DaemonSet' };
  const gvr = { group: 'apps', version: 'v1', resource };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: UID,
      kind,
      resource: gvr,
      requestKind: kind,
      requestResource: gvr,
      name,
      namespace,
      operation,
      userInfo: { username, groups },
      object:
        operation === 'DELETE'
          ? null
          : daemonSet(replacesPods ? '2026-01-31T12:00:00Z' : restartedBefore, 2),
      oldObject: operation === 'CREATE' ? null : daemonSet(restartedBefore, 1, imageBefore),
      dryRun,
      options: {
        kind: 'UpdateOptions',
        apiVersion: 'meta.k8s.io/v1',
        fieldManager: 'kubectl-rollout',
      },
    },
  };
}

export const restartBody = (options: RestartOptions = {}): string =>
  JSON.stringify(restartObject(options));

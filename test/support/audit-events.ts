import type { Data } from './config-maps.ts';

/** Audit events as an API server writes them. */

export interface EventOptions {
  readonly verb?: string;
  readonly level?: 'Metadata' | 'Request' | 'RequestResponse';
  readonly stage?: string;
  readonly code?: number;
  readonly message?: string;
  readonly query?: string;
  readonly name?: string | undefined;
  readonly namespace?: string;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly username?: string;
  readonly groups?: readonly string[];
}

const STAMP = '2026-01-31T18:00:00.000000Z';

/** A ConfigMap of a version; without one as a client sends it. */
export const stored = (data: Data, resourceVersion?: string) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'eni-config', namespace: 'kube-system', uid: 'u', resourceVersion },
  data,
});

export function auditEvent({
  verb = 'update',
  level = 'RequestResponse',
  stage = 'ResponseComplete',
  code = 200,
  message,
  query = 'fieldManager=kubectl-edit',
  name = 'eni-config',
  namespace = 'kube-system',
  requestObject,
  responseObject,
  username = 'alice',
  groups = ['system:authenticated'],
}: EventOptions) {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: '0b2e7a5c-5d0a-4f0e-8d0e-3a51f1ce1f3a',
    stage,
    requestURI: `/api/v1/namespaces/${namespace}/configmaps/${name}?${query}`,
    verb,
    user: { username, groups },
    sourceIPs: ['127.0.0.1'],
    objectRef: { resource: 'configmaps', namespace, name, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code, message },
    requestObject,
    responseObject,
    requestReceivedTimestamp: STAMP,
    stageTimestamp: STAMP,
    annotations: {},
  };
}

/** What the guard's refusals look like in an audit log. */
export const REFUSED = {
  code: 422,
  message:
    'admission webhook "eni-config.eni-config-guard.io" denied the request: ' +
    'eni-config is not saved\n  rule: eni-config-guard/plugin-typo',
};

import type { Data } from './config-maps.ts';

/** AdmissionReview bodies as a real API server sends them (shape measured on 1.36). */

export interface ReviewOptions {
  readonly operation?: string;
  readonly data?: Data | undefined;
  readonly oldData?: Data | undefined;
  readonly binaryData?: Data;
  readonly annotations?: Data;
  readonly oldAnnotations?: Data;
  readonly name?: string;
  readonly namespace?: string;
  /** Collection deletes and generateName creates carry no name in the request. */
  readonly nameless?: boolean;
  readonly dryRun?: boolean;
  readonly uid?: string;
  readonly username?: string;
  readonly groups?: readonly string[];
}

export const UID = '705ab4f5-6393-11e8-b7cc-42010a800002';

export function reviewObject(options: ReviewOptions) {
  const {
    operation = 'UPDATE',
    data,
    oldData,
    binaryData,
    annotations,
    oldAnnotations,
    name = 'eni-config',
    namespace = 'kube-system',
    nameless = false,
    dryRun = false,
    uid = UID,
    username = 'alice',
    groups = ['devs', 'system:authenticated'],
  } = options;
  const object = (content: Data | undefined, notes: Data | undefined) =>
    content && {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        name,
        namespace,
        uid: '5a2f1c6e-7d0b-4d2e-9f59-2f6d3f0b4c11',
        resourceVersion: '281',
        creationTimestamp: '2026-11-23T05:00:00Z',
        ...(notes ? { annotations: notes } : {}),
        managedFields: [
          {
            manager: 'kubectl-edit',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-11-23T05:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: {
              'f:data': Object.fromEntries(
                ['.', ...Object.keys(content).map((key) => `f:${key}`)].map((key) => [key, {}]),
              ) as Record<string, object>,
            },
          },
        ],
      },
      data: content,
      ...(binaryData ? { binaryData } : {}),
    };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      requestResource: { group: '', version: 'v1', resource: 'configmaps' },
      ...(nameless ? {} : { name }),
      namespace,
      operation,
      userInfo: { username, groups },
      object: operation === 'DELETE' ? null : object(data, annotations),
      oldObject: operation === 'CREATE' ? null : object(oldData, oldAnnotations),
      dryRun,
      options: {
        kind: 'UpdateOptions',
        apiVersion: 'meta.k8s.io/v1',
        fieldManager: 'kubectl-edit',
        fieldValidation: 'Strict',
      },
    },
  };
}

export const reviewBody = (options: ReviewOptions): string => JSON.stringify(reviewObject(options));

import { ApiError, type ApiServer } from './api.ts';

/** A right, as RBAC writes it. */
export interface Right {
  readonly verb: string;
  /** Of the resource's API; the core unless given. */
  readonly group?: string;
  /** `pods`, or with its subresource `pods/log`. */
  readonly resource: string;
  /** Absent: of the whole cluster. */
  readonly namespace?: string;
  /** Absent: any object. */
  readonly name?: string;
}

/**
 * Which of these rights the caller lacks, as the cluster's authorizers answer; none where they can't be
 * asked, as then the calls themselves tell. Needs what every user has (system:basic-user). Never rejects
 * with ApiError.
 */
export async function missingRights(
  api: ApiServer,
  rights: readonly Right[],
): Promise<readonly Right[]> {
  const granted = await Promise.all(rights.map(async (right) => mayCall(api, right)));
  return rights.filter((_, index) => granted[index] === false);
}

/** Undefined: it is not known. */
async function mayCall(api: ApiServer, right: Right): Promise<boolean | undefined> {
  const { resource: path, ...attributes } = right;
  const [resource, subresource] = path.split('/');
  try {
    const { status } = await api.call<{ readonly status?: { readonly allowed?: unknown } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { ...attributes, resource, subresource } },
      },
    });
    return typeof status?.allowed === 'boolean' ? status.allowed : undefined;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** `delete pods in kube-system`. */
export function rightText({ verb, group, resource, namespace, name }: Right): string {
  const kind = group === undefined ? resource : `${resource}.${group}`;
  const object = name === undefined ? kind : `${kind}/${name}`;
  return `${verb} ${object}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

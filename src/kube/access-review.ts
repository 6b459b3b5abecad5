import { type Access, BREAK_GLASS_VERB } from '../engine/core/break-glass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE, type User } from '../engine/core/eni-config.ts';
import type { ApiError, ApiServer } from './api.ts';

/**
 * How long a webhook call may wait for the answer. The API server gives the whole call 3 s; half of
 * that leaves room for the review and for a guard that is short of CPU.
 */
const TIMEOUT_MS = 1500;

interface SubjectAccessReview {
  readonly status?: { readonly allowed?: unknown };
}

/**
 * Asks the cluster's authorizers whether this user may `bypass` the guarded object, the very
 * question of `kubectl auth can-i bypass configmaps/eni-config -n kube-system`. Nothing is kept: a
 * right that was taken away is gone at once, and the question comes up seldom. Never rejects.
 * Needs the right to create subjectaccessreviews.authorization.k8s.io.
 */
export async function mayUseBreakGlass(api: ApiServer, user: User): Promise<Access> {
  const spec = {
    user: user.name,
    groups: user.groups,
    uid: user.uid,
    extra: user.extra,
    resourceAttributes: {
      namespace: GUARDED_NAMESPACE,
      verb: BREAK_GLASS_VERB,
      version: 'v1',
      resource: 'configmaps',
      name: GUARDED_NAME,
    },
  };
  try {
    const { status } = await api.call<SubjectAccessReview>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
      timeoutMs: TIMEOUT_MS,
    });
    return { granted: status?.allowed === true };
  } catch (error) {
    const { status, reason } = error as ApiError;
    return {
      granted: false,
      failure: status === undefined ? `no answer (${reason})` : `the API server said ${reason}`,
    };
  }
}

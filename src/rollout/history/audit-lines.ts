import { GUARDED_NAME, GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import type { History, Revision } from './revision.ts';

/**
 * The history as an audit log tells such writes, a line each, for `replay`. One whose predecessor is
 * not known is told as a creation: it is judged as a whole.
 */
export function auditLines({ revisions }: History): string[] {
  return revisions.flatMap((revision, index) => {
    const before = revisions[index - 1];
    if (!revision.deleted && !revision.data) return [];
    const isFollowing = before?.data !== undefined && !revision.gap;
    const verb = revision.deleted ? 'delete' : isFollowing ? 'update' : 'create';
    return [JSON.stringify(eventOf(revision, verb))];
  });
}

function eventOf(revision: Revision, verb: 'create' | 'update' | 'delete') {
  const { number, at, user = 'unknown', fieldManager, data, binaryData } = revision;
  const metadata = { name: GUARDED_NAME, namespace: GUARDED_NAMESPACE };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, binaryData };
  const query = new URLSearchParams({ fieldManager: fieldManager ?? '' }).toString();
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `revision ${number}`,
    stage: 'ResponseComplete',
    stageTimestamp: at,
    requestURI: fieldManager === undefined ? '' : `?${query}`,
    verb,
    user: { username: user },
    objectRef: { resource: 'configmaps', ...metadata },
    responseStatus: { code: 200 },
    ...(verb === 'delete' ? {} : { responseObject: object }),
  };
}

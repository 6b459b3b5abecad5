import { GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { type RefusedWriter, mergedWriters, readWriters } from '../engine/core/refused-writers.ts';
import { shortened } from '../engine/text/text.ts';
import { inSeconds } from '../engine/text/timestamp.ts';
import { ApiError } from './api-error.ts';
import type { ApiServer } from './api.ts';

/** One Event at eni-config that every replica knows by its name. */
const NAME = `${GUARDED_NAME}.refused-writers`;
const EVENTS = `/api/v1/namespaces/${GUARDED_NAMESPACE}/events`;
const PATH = `${EVENTS}/${NAME}`;
const ANNOTATION = 'eni-config-guard/refused-writers';
const COMPONENT = 'eni-config-guard';

/** Source: the API server takes messages of up to 1024 bytes. */
const MAX_MESSAGE_LENGTH = 1000;

/** Replicas that write at the same moment take turns. */
const MAX_TRIES = 5;

interface StoredRecord {
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const writersIn = ({ metadata }: StoredRecord) =>
  readWriters(metadata.annotations?.[ANNOTATION] ?? '[]');

/**
 * Adds to the record and keeps it from expiring; resolves with what it holds then. Needs `create` and
 * `patch` on events in kube-system: a patch answers with the whole object, so that the record is read
 * without the right to read Events. Rejects with ApiError.
 */
export async function keepRefusedWriters(
  api: ApiServer,
  added: readonly RefusedWriter[],
  now: number,
): Promise<readonly RefusedWriter[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await keep(api, added, now);
    } catch (error) {
      const isRace =
        error instanceof ApiError && ['Conflict', 'AlreadyExists'].includes(error.reason);
      if (!isRace || tries === MAX_TRIES) throw error;
    }
  }
}

async function keep(api: ApiServer, added: readonly RefusedWriter[], now: number) {
  const stored = await touched(api, now);
  if (!stored) {
    const writers = mergedWriters(added, [], now);
    if (writers.length > 0) {
      await api.call({ method: 'POST', path: EVENTS, body: eventOf(writers, now) });
    }
    return writers;
  }
  const before = writersIn(stored);
  const writers = mergedWriters(before, added, now);
  if (JSON.stringify(writers) === JSON.stringify(before)) return writers;
  const { metadata, ...told } = contentOf(writers, now);
  const { resourceVersion } = stored.metadata;
  await patch(api, { ...told, metadata: { ...metadata, resourceVersion } });
  return writers;
}

/** Renews the record, which the API server would forget an hour after it was last written. */
async function touched(api: ApiServer, now: number): Promise<StoredRecord | undefined> {
  try {
    return await patch(api, { lastTimestamp: inSeconds(now) });
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}

const patch = (api: ApiServer, body: object) =>
  api.call<StoredRecord>({
    method: 'PATCH',
    path: PATH,
    body,
    contentType: 'application/merge-patch+json',
  });

function contentOf(writers: readonly RefusedWriter[], now: number) {
  const names = writers.map(({ user, count }) => `${user} (${count})`).join(', ');
  const message =
    writers.length === 0
      ? 'no write of the last week was refused'
      : `writes refused in the last week, by user: ${names}; more tells: eni-config-guard status`;
  return {
    metadata: { annotations: { [ANNOTATION]: JSON.stringify(writers) } },
    message: shortened(message, MAX_MESSAGE_LENGTH),
    lastTimestamp: inSeconds(now),
  };
}

function eventOf(writers: readonly RefusedWriter[], now: number) {
  const { metadata, ...told } = contentOf(writers, now);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...metadata, name: NAME, namespace: GUARDED_NAMESPACE },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: GUARDED_NAMESPACE,
      name: GUARDED_NAME,
    },
    type: 'Normal',
    reason: 'RefusedWriters',
    firstTimestamp: told.lastTimestamp,
    count: 1,
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    ...told,
  };
}

/** Reads the record with the caller's own rights; undefined when they don't allow it. Rejects never. */
export async function readRefusedWriters(
  api: ApiServer,
  now: number,
): Promise<readonly RefusedWriter[] | undefined> {
  try {
    const stored = await api.call<StoredRecord>({ method: 'GET', path: PATH });
    return mergedWriters(writersIn(stored), [], now);
  } catch (error) {
    return error instanceof ApiError && error.reason === 'NotFound' ? [] : undefined;
  }
}

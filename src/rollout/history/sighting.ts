import type { StoredObject } from '../../engine/core/stored-object.ts';
import type { Sight } from '../../kube/follow.ts';
import { MAX_REVISIONS } from './document.ts';
import { type History, type Revision, chainHash, textsHash } from './revision.ts';

/** A version of eni-config as a guard saw it, without what only the history knows. */
export interface Sighting {
  readonly version: Omit<Revision, 'number' | 'user' | 'gap' | 'gapSince'>;
  /** Versions before it may have passed unseen, from this moment on, as far as it is known. */
  readonly unseen?: { readonly sinceMs?: number | undefined };
}

/** Makes one of what the watch delivers. Times are in milliseconds since 1970. */
export function sightingOf(
  object: StoredObject | undefined,
  { resourceVersion, isListed }: Sight,
  { nowMs, knownUntilMs }: { readonly nowMs: number; readonly knownUntilMs?: number | undefined },
): Sighting {
  const { configMap, writer } = object ?? {};
  return {
    version: {
      at: timestamp(nowMs),
      resourceVersion,
      hash: textsHash(configMap),
      chain: chainHash(configMap?.data),
      ...(configMap ? { data: Object.fromEntries(configMap.data) } : { deleted: true }),
      ...(configMap && configMap.binaryData.size > 0
        ? { binaryData: Object.fromEntries(configMap.binaryData) }
        : {}),
      ...(writer && { fieldManager: writer.name, fieldManagerAt: timestamp(writer.atMs) }),
    },
    ...(isListed ? { unseen: { sinceMs: knownUntilMs } } : {}),
  };
}

/**
 * The history with this version in it, or the very same one when it is there already. `user` admitted
 * a write of these texts. Another replica may have seen more, less, or the same.
 */
export function withSighting(
  history: History,
  { version, unseen }: Sighting,
  user: string | undefined,
): History {
  const { seen, revisions } = history;
  const newest = revisions.at(-1);
  const { resourceVersion } = version;
  if (!isNewer(resourceVersion, seen)) return withUser(history, resourceVersion, user);
  if (newest?.hash === version.hash) {
    // A list without the object is as new as the API server, and no version of the object.
    if (version.deleted) return history;
    if (!unseen) return { seen: resourceVersion, revisions };
  }
  const revision: Revision = {
    number: (newest?.number ?? 0) + 1,
    ...version,
    ...(user === undefined ? {} : { user }),
    ...(unseen && newest ? gapSince(unseen.sinceMs) : {}),
  };
  return { seen: resourceVersion, revisions: [...revisions, revision].slice(-MAX_REVISIONS) };
}

/** The replica that admitted a write need not be the first to see it stored. */
function withUser(history: History, resourceVersion: string, user: string | undefined): History {
  const { seen, revisions } = history;
  const index = revisions.findIndex((revision) => revision.resourceVersion === resourceVersion);
  const revision = revisions[index];
  if (user === undefined || !revision || revision.user !== undefined) return history;
  return { seen, revisions: revisions.with(index, { ...revision, user }) };
}

const gapSince = (ms: number | undefined) => ({
  gap: true as const,
  ...(ms === undefined ? {} : { gapSince: timestamp(ms) }),
});

/** Source: the API server's versions are decimal numbers that grow, and may be compared as such. */
const isNewer = (version: string, than: string) =>
  version.length === than.length ? version > than : version.length > than.length;

const timestamp = (ms: number) => new Date(ms).toISOString();

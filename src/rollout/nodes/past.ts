import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { NO_FACTS } from '../../engine/core/facts.ts';
import type { StoredObject } from '../../engine/core/stored-object.ts';
import { type NodeFile, renderNodeFile } from '../../engine/rendering/node-file.ts';
import type { ApiServer } from '../../kube/api.ts';
import { type History, type Revision, chainHash, configMapOf } from '../history/revision.ts';
import { readHistory } from '../history/secret.ts';
import type { ChainPast, ChainPeriod } from './chain-periods.ts';

/**
 * How the chain of the stored object came to be: by the guard's history where there is one that the
 * caller may read, else by managed fields. `fail` is told why the history can't be read. Rejects never.
 */
export async function readPast(
  api: ApiServer,
  stored: StoredObject | undefined,
  fail: (error: unknown) => void,
): Promise<ChainPast> {
  try {
    const { history } = (await readHistory(api)) ?? {};
    if (history && history.revisions.length > 0) return pastByHistory(history, stored);
  } catch (error) {
    fail(error);
  }
  return pastByManagedFields(stored);
}

/**
 * What the managed fields of eni-config tell of its past: what is stored has stood there since they
 * were last written, or longer. Undefined stands for an eni-config that does not exist.
 */
export function pastByManagedFields(stored: StoredObject | undefined): ChainPast {
  if (stored?.changedMs === undefined) return { origin: 'nothing', periods: [] };
  const { changedMs: since, configMap: object } = stored;
  return { origin: 'managed-fields', periods: [{ since, chain: 'current', object }] };
}

/** The periods of a history, and what is stored since where no guard has seen that yet. */
export function pastByHistory({ revisions }: History, stored: StoredObject | undefined): ChainPast {
  const isCurrent = sameChainAs(stored?.configMap);
  const periods: ChainPeriod[] = [];
  const begin = (period: ChainPeriod) => {
    // The clocks of two replicas may differ, and the order of revisions is known.
    periods.push({ ...period, since: Math.max(period.since, periods.at(-1)?.since ?? 0) });
  };
  for (const revision of revisions) {
    const { gap, gapSince, number } = revision;
    const before = periods.at(-1);
    if (before && gap) begin({ since: timeOf(gapSince) ?? before.since, chain: 'unknown' });
    const object = configMapOf(revision);
    const chain = isCurrent(revision, object) ? 'current' : 'former';
    begin({ since: sinceOf(revision, before), chain, object, revision: number });
  }
  if (stored && periods.at(-1)?.chain !== 'current') {
    begin({ since: stored.changedMs ?? 0, chain: 'current', object: stored.configMap });
  }
  return { origin: 'history', periods };
}

/** A revision that guards found has stood there since it was written, by its managed fields. */
function sinceOf({ at, gap, fieldManagerAt }: Revision, before: ChainPeriod | undefined): number {
  const seenAt = Date.parse(at);
  return before && !gap ? seenAt : Math.min(seenAt, timeOf(fieldManagerAt) ?? seenAt);
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Whether a revision has the chain of this object: the same texts, or others with the same files. */
function sameChainAs(
  object: ConfigMap | undefined,
): (revision: Revision, texts: ConfigMap | undefined) => boolean {
  const hash = chainHash(object?.data);
  const files = object && filesOf(object);
  return ({ chain }, texts) => {
    if (chain === hash) return true;
    return texts !== undefined && files !== undefined && isSame(filesOf(texts), files);
  };
}

/** The files of nodes on either datapath, which they keep; those that ignore the chain don't count. */
const filesOf = (object: ConfigMap): readonly NodeFile[] =>
  (['veth', 'datapathv2'] as const).map((node) =>
    renderNodeFile(object, node, { facts: NO_FACTS }),
  );

const isSame = (some: readonly NodeFile[], others: readonly NodeFile[]) =>
  some.every((file, index) => {
    const other = others[index];
    return file.kind === 'file' && other?.kind === 'file' && file.text === other.text;
  });

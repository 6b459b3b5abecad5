import { quoted } from '../engine/text/text.ts';
import { ApiError, type ApiServer } from '../kube/api.ts';
import { HistoryError } from '../rollout/history/document.ts';
import type { History, Revision } from '../rollout/history/revision.ts';
import { HISTORY_SECRET, readHistory } from '../rollout/history/secret.ts';
import { failureText } from './frame/failure-text.ts';
import { UsageError } from './usage-error.ts';

/** Lists the rights that history and rollback need. */
export const HISTORY_PAGE = 'docs/history.md';

const SECRET = `the Secret kube-system/${HISTORY_SECRET}`;

/** The history with the caller's rights. Rejects with UsageError when it can't be had. */
export async function historyOf(api: ApiServer): Promise<History> {
  const stored = await readHistory(api).catch((error: unknown) => {
    if (!(error instanceof ApiError) && !(error instanceof HistoryError)) throw error;
    const why = error instanceof ApiError ? failureText(error, HISTORY_PAGE) : error.message;
    throw new UsageError(`can't read the history in ${SECRET}: ${why}`);
  });
  if (!stored) {
    throw new UsageError(`there is no history: ${SECRET} is missing; the guard's chart makes it`);
  }
  return stored.history;
}

/** The revision that a word names by its number. Throws UsageError for any other word. */
export function revisionNamed({ revisions }: History, word: string): Revision {
  const found = revisions.find(({ number }) => String(number) === word);
  if (found) return found;
  const [first, last] = [revisions[0]?.number, revisions.at(-1)?.number];
  const kept = first === undefined ? 'none is kept yet' : `kept are ${first} to ${last}`;
  throw new UsageError(`there is no revision ${quoted(word)}: ${kept}`);
}

import { type Chain, readChain } from './chain.ts';
import { CONFLIST_KEY, type Change, type DocumentKey, NO_CONTENT } from './eni-config.ts';
import type { Facts } from './facts.ts';
import { type readJson, createJsonReader } from '../json/document.ts';
import type { ReviewSettings } from './policy.ts';
import type { ReviewContext } from './rule.ts';

/**
 * What rules look at for one change; each document is parsed when it is first asked for. `read` is
 * for those who look at several changes with the same texts in them.
 */
export function createContext(
  change: Change,
  facts: Facts,
  policy: ReviewSettings,
  read: typeof readJson = createJsonReader(),
): ReviewContext {
  const object = change.new ?? NO_CONTENT;
  let chain: Chain | undefined;
  let oldChain: Chain | undefined;
  const document = (key: DocumentKey) => {
    const text = object.data.get(key);
    return text === undefined ? undefined : read(text);
  };
  const derivations = new Map<unknown, unknown>();
  const context: ReviewContext = {
    change,
    facts,
    policy,
    object,
    document,
    chain() {
      const conflist = document(CONFLIST_KEY);
      chain ??= conflist && readChain(conflist);
      return chain;
    },
    memo<T>(make: (context: ReviewContext) => T): T {
      if (!derivations.has(make)) derivations.set(make, make(context));
      return derivations.get(make) as T;
    },
    hadPlugin(type) {
      const stored = change.old?.data.get(CONFLIST_KEY);
      if (stored === undefined) return false;
      oldChain ??= readChain(read(stored));
      return oldChain?.some((entry) => entry.type === type) ?? false;
    },
  };
  return context;
}

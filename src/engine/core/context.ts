import { type Chain, readChain } from './chain.ts';
import { CONFLIST_KEY, type Change, type ConfigMap, type DocumentKey } from './eni-config.ts';
import type { Facts } from './facts.ts';
import { type JsonDocument, readJson } from '../json/document.ts';
import type { Policy } from './policy.ts';
import type { ReviewContext } from './rule.ts';

const EMPTY_CONFIG_MAP: ConfigMap = { data: new Map(), binaryData: new Map(), immutable: false };

/** What rules look at for one change; each document is parsed when it is first asked for. */
export function createContext(change: Change, facts: Facts, policy: Policy): ReviewContext {
  const object = change.new ?? EMPTY_CONFIG_MAP;
  const documents = new Map<DocumentKey, JsonDocument>();
  let chain: Chain | undefined;
  let oldChain: Chain | undefined;
  const document = (key: DocumentKey) => {
    const text = object.data.get(key);
    if (text === undefined) return undefined;
    const known = documents.get(key);
    if (known) return known;
    const read = readJson(text);
    documents.set(key, read);
    return read;
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
      oldChain ??=
        stored === object.data.get(CONFLIST_KEY) ? context.chain() : readChain(readJson(stored));
      return oldChain?.some((entry) => entry.type === type) ?? false;
    },
  };
  return context;
}

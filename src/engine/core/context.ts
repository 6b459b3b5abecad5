import { type Chain, readChain } from './chain.ts';
import {
  CHAIN_KEYS,
  type Change,
  type ChainKey,
  type ConfigMap,
  type DocumentKey,
  NO_CONTENT,
  formatOf,
} from './eni-config.ts';
import type { Facts } from './facts.ts';
import { type DocumentReader, createDocumentReader } from '../json/document-reader.ts';
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
  read: DocumentReader = createDocumentReader(),
): ReviewContext {
  const object = change.new ?? NO_CONTENT;
  const documentOf = ({ data }: ConfigMap, key: DocumentKey) => {
    const text = data.get(key);
    return text === undefined ? undefined : read(text, formatOf(key));
  };
  const chains = new Map<ConfigMap, Map<ChainKey, Chain | undefined>>();
  const chainOf = (of: ConfigMap, key: ChainKey) => {
    let known = chains.get(of);
    if (!known) chains.set(of, (known = new Map<ChainKey, Chain | undefined>()));
    if (!known.has(key)) {
      const document = documentOf(of, key);
      known.set(key, document && readChain(document, key));
    }
    return known.get(key);
  };
  let entries: Chain | undefined;
  const derivations = new Map<unknown, unknown>();
  const context: ReviewContext = {
    change,
    facts,
    policy,
    object,
    text: (key) => object.data.get(key) ?? '',
    document: (key) => documentOf(object, key),
    documentBefore: (key) => change.old && documentOf(change.old, key),
    chain: (key) => chainOf(object, key),
    chainBefore: (key) => change.old && chainOf(change.old, key),
    entries() {
      entries ??= CHAIN_KEYS.flatMap((key) => chainOf(object, key) ?? []);
      return entries;
    },
    memo<T>(make: (context: ReviewContext) => T): T {
      if (!derivations.has(make)) derivations.set(make, make(context));
      return derivations.get(make) as T;
    },
  };
  return context;
}

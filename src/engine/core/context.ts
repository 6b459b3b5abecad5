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
import type { JsonDocument } from '../json/document.ts';
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
  const documentsOf = ({ data }: ConfigMap) =>
    once((key: DocumentKey) => {
      const text = data.get(key);
      return text === undefined ? undefined : read(text, formatOf(key));
    });
  const chainsOf = (documentOf: (key: DocumentKey) => JsonDocument | undefined) =>
    once((key: ChainKey) => {
      const document = documentOf(key);
      return document && readChain(document, key);
    });
  const document = documentsOf(object);
  const documentBefore = documentsOf(change.old ?? NO_CONTENT);
  const chain = chainsOf(document);
  let entries: Chain | undefined;
  const derivations = new Map<unknown, unknown>();
  const context: ReviewContext = {
    change,
    facts,
    policy,
    object,
    text: (key) => object.data.get(key) ?? '',
    document,
    documentBefore,
    chain,
    chainBefore: chainsOf(documentBefore),
    entries() {
      entries ??= joined(CHAIN_KEYS.map(chain));
      return entries;
    },
    memo<T>(make: (context: ReviewContext) => T): T {
      if (!derivations.has(make)) derivations.set(make, make(context));
      return derivations.get(make) as T;
    },
  };
  return context;
}

const NO_ENTRIES: Chain = [];

/** The entries of the chains that there are: of one as a rule. */
function joined([first, second]: readonly (Chain | undefined)[]): Chain {
  return first && second ? [...first, ...second] : (first ?? second ?? NO_ENTRIES);
}

/** What `make` makes of each key, made once: a long text is not even looked up again. */
function once<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let known: Map<Key, Value> | undefined;
  return (key) => {
    known ??= new Map<Key, Value>();
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as Value;
    const value = make(key);
    known.set(key, value);
    return value;
  };
}

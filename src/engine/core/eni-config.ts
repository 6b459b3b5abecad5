import type { BreakGlassRequest } from './break-glass.ts';

/** The guarded object and its keys. Source: Terway mounts it at /etc/eni; its code reads these. */
export const GUARDED_NAMESPACE = 'kube-system';
export const GUARDED_NAME = 'eni-config';

/** The base plugin entry, written by ACK. */
export const CONF_KEY = '10-terway.conf';
/** The custom plugin chain; when present, Terway ignores the text of CONF_KEY. */
export const CONFLIST_KEY = '10-terway.conflist';
/**
 * The plugins behind terway as YAML, which Terway newer than 1.17.5 reads in place of CONFLIST_KEY.
 * Source: AliyunContainerService/terway at 1a4532b7ef5f63f29dc932ca92431fecdd96eadc,
 * cmd/terway-cli/{common,cni}.go and the page on custom CNI chains; read, not run.
 */
export const CNI_CHAIN_KEY = 'cni_chain';
/** The daemon's configuration; may hold access keys, so its values are secrets. */
export const ENI_CONF_KEY = 'eni_conf';

/** The keys whose values are documents: JSON or, of one, YAML. */
export const DOCUMENT_KEYS = [CONF_KEY, CONFLIST_KEY, CNI_CHAIN_KEY, ENI_CONF_KEY] as const;
export type DocumentKey = (typeof DOCUMENT_KEYS)[number];

export const isDocumentKey = (key: string | undefined): key is DocumentKey =>
  (DOCUMENT_KEYS as readonly (string | undefined)[]).includes(key);

/** The keys that hold plugins of the chain. */
export const CHAIN_KEYS = [CONFLIST_KEY, CNI_CHAIN_KEY] as const;
export type ChainKey = (typeof CHAIN_KEYS)[number];

export const isChainKey = (key: string | undefined): key is ChainKey =>
  (CHAIN_KEYS as readonly (string | undefined)[]).includes(key);

/** What a document is read as. */
export const formatOf = (key: DocumentKey) => (key === CNI_CHAIN_KEY ? 'yaml' : 'json');

/** Whether values under `key` must never be shown. */
export function isSecretKey(key: string): boolean {
  return key === ENI_CONF_KEY;
}

/** What is judged of a ConfigMap. */
export interface ConfigMap {
  readonly data: ReadonlyMap<string, string>;
  /** In base64; only compared. */
  readonly binaryData: ReadonlyMap<string, string>;
  readonly immutable: boolean;
  /** Its break-glass annotations, where it bears one. */
  readonly breakGlass?: BreakGlassRequest | undefined;
}

/** An object without any key. */
export const NO_CONTENT: ConfigMap = { data: new Map(), binaryData: new Map(), immutable: false };

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write to the guarded object: `old` is absent on CREATE, `new` on DELETE. */
export interface Change {
  readonly operation: Operation;
  readonly old: ConfigMap | undefined;
  readonly new: ConfigMap | undefined;
  /** 10-terway.conf was applied from a file before, so that apply without it removes the key. */
  readonly wasConfApplied?: boolean;
  /** Nothing is stored, so that nothing follows from it. */
  readonly isDryRun?: boolean;
  /** Name of the author, where it is a program and no person at kubectl. */
  readonly agent?: string;
  /** Present when the object is not eni-config, but one that is merged over it on some nodes. */
  readonly overlay?: Overlay;
}

/** The label of a node with the name of a ConfigMap that Terway merges over eni-config there. */
export const OVERLAY_LABEL = 'terway-config';

/**
 * The keys that count in such a ConfigMap, the second with Terway newer than 1.17.5. Source: Terway's
 * pkg/k8s/k8s.go and types/daemon/dynamicconfig.go; of cni_chain see CNI_CHAIN_KEY.
 */
export const OVERLAY_KEYS = [ENI_CONF_KEY, CNI_CHAIN_KEY] as const;

/** An overlay: a ConfigMap of the guarded namespace that the label of a node may name. */
export interface Overlay {
  readonly name: string;
  /** The stored eni-config; undefined where there is none or it could not be read. */
  readonly base: ConfigMap | undefined;
  /** Nodes that carry its name; undefined where they were not asked for, or no answer came. */
  readonly nodes?: LabelledNodes | undefined;
}

/** Nodes with a label. */
export interface LabelledNodes {
  readonly count: number;
  /** There may be more of them. */
  readonly isOpen: boolean;
}

/** The author of a request, as the API server authenticated them. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What else the authenticator says, for an authorizer to read. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Whether the write adds, removes or alters the text under `key`, in data or in binaryData. */
export function touches(change: Change, key: string): boolean {
  const before = change.old?.data.get(key);
  const after = change.new?.data.get(key);
  const isLong = before !== undefined && before.length > LONG && before.length === after?.length;
  return (
    (isLong ? longTextDiffers(change, key, before, after) : before !== after) ||
    change.old?.binaryData.get(key) !== change.new?.binaryData.get(key)
  );
}

/** Longer texts are compared once in a write, as it is asked of each problem whether it is the writer's. */
const LONG = 4096;

const differences = new WeakMap<Change, Map<string, boolean>>();

function longTextDiffers(change: Change, key: string, before: string, after: string): boolean {
  const ofChange = differences.get(change) ?? new Map<string, boolean>();
  differences.set(change, ofChange);
  const known = ofChange.get(key);
  if (known !== undefined) return known;
  const differs = before !== after;
  ofChange.set(key, differs);
  return differs;
}

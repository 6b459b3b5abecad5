import { hash } from 'node:crypto';
import {
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  type ConfigMap,
} from '../../engine/core/eni-config.ts';

/** Texts of eni-config as they stood once, and what is known of the write that made them so. */
export interface Revision {
  /** Counts the versions that guards have seen, from 1. */
  readonly number: number;
  /** When a guard saw it, as RFC 3339. */
  readonly at: string;
  /** `metadata.resourceVersion` of eni-config. */
  readonly resourceVersion: string;
  /** Of all texts ({@link textsHash}). It covers eni_conf, so it is as secret as that. */
  readonly hash: string;
  /** Of what makes the chain of a node ({@link chainHash}); no secret. */
  readonly chain: string;
  /** `data` of eni-config; absent when it was too large to keep, and where eni-config was deleted. */
  readonly data?: Readonly<Record<string, string>>;
  /** `binaryData`, where there was any. */
  readonly binaryData?: Readonly<Record<string, string>>;
  /** eni-config did not exist. */
  readonly deleted?: true;
  /** Who wrote it, where a replica admitted a write of the same texts; absent: unknown. */
  readonly user?: string;
  /** The last one to write data, as `managedFields` tell it; anyone may choose this name. */
  readonly fieldManager?: string;
  /** When that was, by the clock of the API server, in whole seconds, as RFC 3339. */
  readonly fieldManagerAt?: string;
  /** There may have been versions before this one that no guard saw. */
  readonly gap?: true;
  /** Until when the revision before is known to have stood, as RFC 3339; absent: not known. */
  readonly gapSince?: string;
}

/** The kept revisions, oldest first, without holes but for those that say `gap`. */
export interface History {
  /** The newest resourceVersion of eni-config that was looked at; it may have changed no text. */
  readonly seen: string;
  readonly revisions: readonly Revision[];
}

type Texts = Pick<ConfigMap, 'data' | 'binaryData'>;

/** `sha256:` and the hash of every text of an object; undefined stands for no object. */
export function textsHash(object: Texts | undefined): string {
  const texts = object && [sorted(object.data), sorted(object.binaryData)];
  return sha256(JSON.stringify(texts ?? 'none'));
}

/** `sha256:` and the hash of the texts that make the chain of a node. */
export function chainHash(data: ReadonlyMap<string, string> | undefined): string {
  const texts = [CONF_KEY, CONFLIST_KEY, CNI_CHAIN_KEY].map((key) => data?.get(key) ?? null);
  return sha256(JSON.stringify(texts));
}

/** What stood in eni-config; undefined when it was not kept, or when there was no eni-config. */
export function configMapOf({ data, binaryData }: Revision): ConfigMap | undefined {
  return (
    data && {
      data: new Map(Object.entries(data)),
      binaryData: new Map(Object.entries(binaryData ?? {})),
      immutable: false,
    }
  );
}

const sha256 = (text: string) => `sha256:${hash('sha256', text)}`;

const sorted = (texts: ReadonlyMap<string, string>) =>
  [...texts].sort(([a], [b]) => (a < b ? -1 : 1));

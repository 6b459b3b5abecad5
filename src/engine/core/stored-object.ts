import type { ConfigMap } from './eni-config.ts';

/** The guarded object as the API server keeps it. */
export interface StoredObject {
  readonly configMap: ConfigMap;
  /** `metadata.uid`. */
  readonly uid?: string | undefined;
  /**
   * When anything of it was last changed, in milliseconds since 1970, as `managedFields` tell it;
   * undefined when they don't.
   */
  readonly changedMs?: number | undefined;
}

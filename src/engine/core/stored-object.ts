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
  /** Who last wrote data, as `managedFields` tell it; undefined when they don't. */
  readonly writer?: FieldManager | undefined;
}

/** A field manager with its last write. A client names itself as it likes. */
export interface FieldManager {
  readonly name: string;
  /** By the clock of the API server, in milliseconds since 1970; whole seconds. */
  readonly atMs: number;
}

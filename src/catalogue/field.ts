/**
 * The shape of the plugin catalogue: what each program reads from its configuration, as data.
 * Docs, JSON schemas, version gates and messages are made from it.
 */

/** What happens on the cluster when a value is wrong, from the widest damage to none. */
export type Effect =
  /** terway-cli refuses it in the init container: the Terway pod of a node never starts. */
  | 'terway-start'
  /** The container runtime refuses the generated list: the node goes NotReady. */
  | 'node-not-ready'
  /** The plugin refuses its configuration at every ADD. */
  | 'every-pod'
  /** Only pods that ask for host ports are hit. */
  | 'hostport-pods'
  /** The program ignores it without a word. */
  | 'no-effect';

/** One field of a program's configuration. Versions are release numbers without a leading v. */
export interface FieldSpec {
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';
  /** Of an array's elements. */
  readonly items?: FieldSpec;
  /** Of an object that is a map: of every member's value. */
  readonly values?: FieldSpec;
  /** Of an object that is a struct. */
  readonly fields?: Readonly<Record<string, FieldSpec>>;
  readonly enum?: readonly string[];
  /** An enum value that came later than its field. */
  readonly enumSince?: Readonly<Record<string, string>>;
  readonly min?: number;
  readonly max?: number;
  /** First release that knows the field; absent: always known, or not traced. */
  readonly since?: string;
  /** First release that no longer knows the field. */
  readonly until?: string;
  /** What ACK's documentation demands where it is more than `since`. */
  readonly documentedMinimum?: string;
  /** The value that asks for nothing, so that no version is needed for it. */
  readonly noop?: string | number | boolean;
  /** Filled in by the container runtime; nobody may write it by hand. */
  readonly reserved?: true;
  /** Terway looks it up by its exact name; without this, letter case does not count. */
  readonly exactName?: true;
  /** What a wrong type or value does. */
  readonly onWrong: Effect;
  /** In words, for the docs. */
  readonly meaning: string;
  readonly source: string;
}

/** One program of the chain. */
export interface PluginSpec {
  readonly type: string;
  /** First release that ships the binary. */
  readonly since?: string;
  readonly binaryFrom: 'node image' | 'Terway init container';
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

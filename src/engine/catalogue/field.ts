import { type Version, isAtLeast, isAtLeastOnLine, isNewer } from '../core/version.ts';
import type { Distribution } from './distributions.ts';

/**
 * The shape of the plugin catalogue: what each program reads from its configuration, as data.
 * Docs, JSON schemas, version gates and messages are made from it.
 */

/** What happens on the cluster when a value is wrong, from the widest damage to no effect. */
export type Effect =
  /** terway-cli refuses it in the init container: the Terway pod of a node never starts. */
  | 'terway-start'
  /** The policy container of the Terway pod crashes again and again. */
  | 'policy-container'
  /** The container runtime refuses the generated list: the node goes NotReady. */
  | 'node-not-ready'
  /** The plugin refuses its configuration at every ADD. */
  | 'every-pod'
  /** Only pods that ask for host ports are hit. */
  | 'hostport-pods'
  /** The program ignores it without a word. */
  | 'no-effect';

/** Texts with a shape of their own. */
export type Format = 'cidr' | 'mac' | 'duration' | 'float' | 'interface';

/** Texts that a program tells apart, while it takes any other one for one of them. */
export interface AcceptedValues {
  readonly values: readonly string[];
  /** What another text acts as. */
  readonly otherwise: string;
  /** Letter case does not count. */
  readonly anyCase?: true;
  /** First release that refuses other texts. */
  readonly refusedSince?: string;
}

/** One field of a program's configuration. Versions are release numbers without a leading v. */
export interface FieldSpec {
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';
  /** Of an array's elements. */
  readonly items?: FieldSpec;
  /** Of an object that is a map: of every member's value. */
  readonly values?: FieldSpec;
  /** Of an object that is a map: the names that the program looks for, where it ignores others. */
  readonly names?: readonly string[];
  /** Of an object that is a struct. */
  readonly fields?: Readonly<Record<string, FieldSpec>>;
  /** The values that are not refused. */
  readonly enum?: readonly string[];
  /** An enum value that came later than its field. */
  readonly enumSince?: Readonly<Record<string, string>>;
  /** An enum value that the newest release looked at, which is named, does not accept yet. */
  readonly enumUnreleasedAt?: Readonly<Record<string, string>>;
  /** The values with a meaning of their own, where others are not refused. */
  readonly acceptedValues?: AcceptedValues;
  /** A member beside it that the program does not accept together with this one. */
  readonly excludes?: string;
  readonly min?: number;
  readonly max?: number;
  /** The numbers that ACK documents, where the program takes others as well. */
  readonly documentedRange?: readonly [min: number, max: number];
  /** Go reads it into a uint64, so `min` is 0; other integers go into an int, of 64 bits as well. */
  readonly unsigned?: true;
  /** Bounds of what is of use, the neutral value aside; a rule of its own holds values to them. */
  readonly usable?: { readonly min: number; readonly max: number };
  /** It is a time: people write "2s", and Go reads nanoseconds. */
  readonly isNanoseconds?: true;
  /** Go reads the number into a float32. */
  readonly single?: true;
  readonly minLength?: number;
  readonly format?: Format;
  /** What the program uses in place of a text without the format; absent: it refuses the text. */
  readonly withoutFormat?: string;
  readonly required?: true;
  /** First release that knows the field; absent: always known, or not traced. */
  readonly since?: string;
  /** On older lines of releases, the first one that knows the field: later ones of its minor do. */
  readonly sinceOnLines?: readonly string[];
  /** First release that no longer knows the field. */
  readonly until?: string;
  /** The newest release looked at, which does not know the field yet. */
  readonly unreleasedAt?: string;
  /** What ACK's documentation demands where it is more than `since`. */
  readonly documentedMinimum?: string;
  /** The value that the program uses where there is none. */
  readonly defaultValue?: string;
  /** The value that asks for nothing, so that no version is needed for it. */
  readonly neutralValue?: string | number | boolean;
  /** The same of an object or a list without anything in it. */
  readonly isNeutralEmpty?: true;
  /** Of a text: what false and true are written as. */
  readonly truth?: readonly [no: string, yes: string];
  /** Terway deletes it from every entry (under exactly this name), so its value never matters. */
  readonly dropped?: true;
  /** Terway writes it anew in every entry (under exactly this name), so its value never matters. */
  readonly overwritten?: true;
  /** ACK does not let users change it. */
  readonly protected?: true;
  /** Filled in by the container runtime; users must not set it. */
  readonly reserved?: true;
  /** Terway looks it up by its exact name; without this, letter case does not count. */
  readonly exactName?: true;
  /** What a wrong type or value does. */
  readonly effect: Effect;
  /** In words, for the docs. */
  readonly meaning: string;
  readonly source: string;
}

/** One program of the chain. */
export interface PluginSpec {
  readonly type: string;
  /** Whose releases its versions are. */
  readonly releasedWith: Distribution;
  /** First release that ships the binary. */
  readonly since?: string;
  /** What the container runtime passes to it, where the entry asks for it. */
  readonly capabilities?: readonly string[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

/** Whether a program takes `text` for what it says. */
export function isAccepted({ values, anyCase }: AcceptedValues, text: string): boolean {
  return values.includes(anyCase ? text.toLowerCase() : text);
}

/** The values to offer in messages: all but the empty text. */
export const choices = ({ values }: AcceptedValues) => values.filter((value) => value !== '');

/** Whether a release reads the field. */
export function isReadBy(
  { since, sinceOnLines, until, unreleasedAt }: FieldSpec,
  version: Version,
): boolean {
  return (
    (since === undefined || isAtLeastOnLine(version, since, sinceOnLines)) &&
    (until === undefined || !isAtLeast(version, until)) &&
    (unreleasedAt === undefined || isNewer(version, unreleasedAt))
  );
}

/** What an effect means to people, as the end of a message. */
export const EFFECT_TEXT: Readonly<Record<Effect, string>> = {
  'terway-start': 'every Terway pod fails to start',
  'policy-container': 'the policy container of every Terway pod crashes',
  'node-not-ready': 'the node goes NotReady',
  'every-pod': 'every new pod fails',
  'hostport-pods': 'pods with hostPort fail',
  'no-effect': 'it has no effect',
};

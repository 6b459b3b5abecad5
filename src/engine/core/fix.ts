import { type TextEdit, applyEdits } from '../json/edit.ts';
import type { ConfigMap } from './eni-config.ts';
import type { ReviewSettings } from './policy.ts';

/** What to do about a finding; its text is printable and has no final full stop. */
export interface Fix {
  /** `paste`: text for the object as an editor shows it, never folded. `prose`: words. */
  readonly kind: 'paste' | 'prose';
  readonly text: string;
  /** A text to copy from, shown under the words line by line. Never one with secrets. */
  readonly quote?: string;
  /**
   * The same as changes to the object, where it is certain what they are: made together they mend
   * the finding, bring no new one and keep all else that the user wrote. Absent where a person has
   * to choose.
   */
  readonly edits?: readonly DataEdit[];
  /**
   * With the edits something is read for the first time, which other rules may object to. The review
   * tries them out, and tells what they would bring instead of carrying them.
   */
  readonly isTentative?: boolean;
  /** Other ways out that the words name, or that stand in the message. */
  readonly ways?: readonly Way[];
}

/**
 * A way out of a refusal beside the edits, as a value: what is done where. A test takes every one of
 * them and finds that it passes, so that no refusal ends where the next one begins.
 */
export type Way =
  /** Changes that are right where they are meant; with `settings` they take those of the guard. */
  | {
      readonly kind: 'edits';
      readonly edits: readonly DataEdit[];
      readonly settings?: Partial<ReviewSettings>;
    }
  /** What is stored stays: the text under `key`, without one the whole object. */
  | { readonly kind: 'keep'; readonly key?: string }
  /** Settings of the guard's configuration. */
  | { readonly kind: 'settings'; readonly settings: Partial<ReviewSettings> }
  /** The guard lets this user through. */
  | { readonly kind: 'exempt'; readonly user: string }
  | { readonly kind: 'break-glass' }
  /**
   * All nodes run this release of `program` (terway, or a plugin's type), or one of `newerThan`; the
   * guard learns that, or is told.
   */
  | { readonly kind: 'release'; readonly program: string; readonly release: string }
  | { readonly kind: 'newer-release'; readonly program: string; readonly newerThan: string }
  /** All nodes have the binary of this plugin. */
  | { readonly kind: 'binary'; readonly type: string };

/** A change to one key of the object's `data`. */
export type DataEdit =
  /** Changes the text under `key`, in the places that its edits name. */
  | { readonly kind: 'text'; readonly key: string; readonly edits: readonly TextEdit[] }
  /** Puts a whole text under `key`. */
  | { readonly kind: 'set'; readonly key: string; readonly text: string }
  | { readonly kind: 'remove'; readonly key: string }
  /** Keeps the text and gives its key another name, which the object does not have yet. */
  | { readonly kind: 'rename'; readonly key: string; readonly to: string };

/** A fix to copy into the object: `"snat": true`. */
export const paste = (text: string, edits?: readonly DataEdit[]): Fix => make('paste', text, edits);

/** A fix in words: `remove this entry`. */
export const prose = (text: string, edits?: readonly DataEdit[]): Fix => make('prose', text, edits);

/** The fix, whose words name these ways too. */
export const withWays = (fix: Fix, ...ways: readonly Way[]): Fix =>
  ways.length === 0 ? fix : { ...fix, ways: [...(fix.ways ?? []), ...ways] };

/** Edits as a way, where a person chooses; none where it is not certain what they are. */
export const chosen = (edits: readonly DataEdit[] | undefined): readonly Way[] =>
  edits ? [{ kind: 'edits', edits }] : [];

/** The fix with edits that are to be tried out. */
export const tentative = (fix: Fix): Fix => (fix.edits ? { ...fix, isTentative: true } : fix);

function make(kind: Fix['kind'], text: string, edits: readonly DataEdit[] | undefined): Fix {
  return { kind, text, ...(edits && { edits }) };
}

/** The usual edits: some places of one text. */
export const inText = (key: string, ...edits: readonly TextEdit[]): readonly DataEdit[] => [
  { kind: 'text', key, edits },
];

/** The object with the edits made, one after another. Throws RangeError where text edits overlap. */
export function withEdits(object: ConfigMap, edits: readonly DataEdit[]): ConfigMap {
  const data = new Map(object.data);
  for (const edit of edits) {
    const text = data.get(edit.key);
    if (edit.kind === 'set') {
      data.set(edit.key, edit.text);
    } else if (edit.kind === 'text') {
      if (text !== undefined) data.set(edit.key, applyEdits(text, edit.edits));
    } else {
      data.delete(edit.key);
      if (edit.kind === 'rename' && text !== undefined) data.set(edit.to, text);
    }
  }
  return { ...object, data };
}

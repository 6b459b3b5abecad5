import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { unifiedDiff } from '../../engine/report/unified-diff.ts';
import { printable } from '../../engine/text/text.ts';
import { shownText } from './shown-text.ts';

type Texts = Pick<ConfigMap, 'data' | 'binaryData'>;

/** A key whose text is another one, or not on both sides. */
export interface KeyChange {
  readonly key: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** As `diff -u` prints it, in lines that may be shown. */
  readonly diff: string;
}

/** Names of keys that differ, in data and in binaryData, in order. */
export function changedKeys(before: Texts, after: Texts): readonly string[] {
  const sides = [before, after].flatMap(({ data, binaryData }) => [data, binaryData]);
  const keys = [...new Set(sides.flatMap((texts) => [...texts.keys()]))].sort();
  return keys.filter(
    (key) =>
      before.data.get(key) !== after.data.get(key) ||
      before.binaryData.get(key) !== after.binaryData.get(key),
  );
}

/** What differs, key by key. Values that are secret are hidden on both sides unless asked for. */
export function compare(before: Texts, after: Texts, hasSecrets: boolean): readonly KeyChange[] {
  return changedKeys(before, after).map((key) => {
    const [old, now] = [textOf(before, key), textOf(after, key)];
    const shown = (text: string | undefined, former?: string) =>
      text === undefined ? '' : shownText(key, text, { hasSecrets, former });
    return {
      key: printable(key),
      kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
      diff: unifiedDiff(key, shown(old), shown(now, old), { hidesCredentials: false }),
    };
  });
}

const textOf = ({ data, binaryData }: Texts, key: string) => data.get(key) ?? binaryData.get(key);

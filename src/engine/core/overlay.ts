import {
  CONF_KEY,
  type Change,
  type ConfigMap,
  ENI_CONF_KEY,
  OVERLAY_KEYS,
  type Overlay,
} from './eni-config.ts';
import type { DocumentReader } from '../json/document-reader.ts';
import type { JsonDocument } from '../json/document.ts';
import { mergePatch } from '../json/merge-patch.ts';

/** What a node reads whose label names an overlay: its eni_conf merged over that of eni-config. */

/** The keys whose texts count in an overlay and that a write takes away; an empty text counts as none. */
export function lostKeys({ old, new: after }: Change): readonly string[] {
  return OVERLAY_KEYS.filter((key) => hasText(old, key) && !hasText(after, key));
}

const hasText = (object: ConfigMap | undefined, key: string) =>
  (object?.data.get(key) ?? '') !== '';

/**
 * The write as a change of what such a node reads. Before an overlay is made, its nodes read eni-config
 * alone. 10-terway.conf is that of eni-config, as the plugins of cni_chain are judged beside it.
 */
export function effectiveChange(change: Change, { base }: Overlay): Change {
  const { operation, old, new: after } = change;
  if (operation === 'DELETE') return change;
  const before = operation === 'UPDATE' ? old : base && only(base, ENI_CONF_KEY);
  return {
    ...change,
    operation: before ? 'UPDATE' : 'CREATE',
    old: before && effective(before, base),
    new: after && effective(after, base),
  };
}

const only = ({ data, ...rest }: ConfigMap, name: string): ConfigMap => ({
  ...rest,
  data: new Map([...data].filter(([key]) => key === name)),
});

function effective({ data, ...rest }: ConfigMap, base: ConfigMap | undefined): ConfigMap {
  const conf = base?.data.get(CONF_KEY);
  const counting = OVERLAY_KEYS.flatMap((key): [string, string][] => {
    const text = data.get(key) ?? '';
    // Terway takes an empty eni_conf for no patch; an empty cni_chain it refuses.
    return text === '' && (key === ENI_CONF_KEY || !data.has(key)) ? [] : [[key, text]];
  });
  return {
    ...rest,
    data: new Map([...(conf === undefined ? [] : [[CONF_KEY, conf] as const]), ...counting]),
  };
}

/** The document that overlays are merged over; undefined where it is unknown or broken. */
export function baseDocument({ base }: Overlay, read: DocumentReader): JsonDocument | undefined {
  const text = base?.data.get(ENI_CONF_KEY);
  const document = text === undefined ? undefined : read(text);
  return document?.root?.type === 'object' ? document : undefined;
}

const EMPTY = '{}';

/**
 * A reader that reads JSON as a patch, merged over the base or over an empty object; the base itself
 * and 10-terway.conf as they are. The text of such a document is the patch with the base behind it:
 * what stands behind the end of the patch stands in the base.
 */
export function mergingReader(overlay: Overlay, read: DocumentReader): DocumentReader {
  const base = baseDocument(overlay, read) ?? read(EMPTY);
  const plain = [base.text, overlay.base?.data.get(CONF_KEY)];
  const documents = new Map<string, JsonDocument>();
  return (text, format = 'json') => {
    if (format !== 'json' || plain.includes(text)) return read(text, format);
    const known = documents.get(text);
    if (known) return known;
    const document = overBase(read(text), base);
    documents.set(text, document);
    return document;
  };
}

/** What is no patch has no root, so that nothing is said of what it would make of the base. */
function overBase(patch: JsonDocument, base: JsonDocument): JsonDocument {
  const { text, root } = patch;
  if (root?.type !== 'object' || !base.root) return { ...patch, root: undefined };
  return {
    ...patch,
    text: text + base.text,
    values: patch.values + base.values,
    root: mergePatch(base.root, root, text.length),
  };
}

import { LineCounter, parseAllDocuments } from 'yaml';
import { type ConfigMap, GUARDED_NAME, OVERLAY_KEYS } from '../engine/core/eni-config.ts';
import { isObject } from '../engine/text/is-object.ts';
import { printable } from '../engine/text/text.ts';
import { ManifestError } from './manifest-error.ts';
import type { ManifestFile } from './read.ts';

/** A ConfigMap that the label of a node may name, as a manifest has it. */
export interface ManifestOverlay {
  readonly name: string;
  readonly configMap: ConfigMap;
}

/** Aliases of one document, as many as the manifests of eni-config may have. */
const MAX_ALIASES = 1000;

/**
 * Finds the ConfigMaps with eni_conf or cni_chain that are not eni-config, in YAML with several
 * documents or JSON. Throws ManifestError for a text that kubectl could not read.
 */
export function readOverlays({ name: file, text }: ManifestFile): readonly ManifestOverlay[] {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const documents = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      const at = { line: line || 1, column: col || 1 };
      throw new ManifestError(file, at, `no valid YAML: ${printable(error.message)}`);
    }
    let content: unknown;
    try {
      content = document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch {
      const at = { line: 1, column: 1 };
      throw new ManifestError(file, at, 'more aliases than a manifest needs');
    }
    const overlay = overlayOf(content);
    return overlay ? [overlay] : [];
  });
}

function overlayOf(content: unknown): ManifestOverlay | undefined {
  if (!isObject(content) || content.kind !== 'ConfigMap') return undefined;
  const { metadata, data } = content;
  const name = isObject(metadata) ? metadata.name : undefined;
  if (typeof name !== 'string' || name === GUARDED_NAME || !isObject(data)) return undefined;
  const texts = new Map(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  if (!OVERLAY_KEYS.some((key) => texts.has(key))) return undefined;
  return { name, configMap: { data: texts, binaryData: new Map(), immutable: false } };
}

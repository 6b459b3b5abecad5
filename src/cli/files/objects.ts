import { basename, dirname, extname, join } from 'node:path';
import {
  CONFLIST_KEY,
  CONF_KEY,
  DOCUMENT_KEYS,
  type DocumentKey,
  ENI_CONF_KEY,
} from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import { ManifestError } from '../../manifests/manifest-error.ts';
import {
  type GeneratedObject,
  type KeyText,
  type ManifestFile,
  type ManifestObject,
  bareText,
  readManifests,
} from '../../manifests/read.ts';
import { UsageError } from '../usage-error.ts';
import { type ReadText, STDIN } from './source.ts';

/**
 * The eni-configs in one file: a manifest, a kustomization, or the bare text of one key. Undefined
 * when there is no such file. Rejects with UsageError for a file that can't be used.
 */
export async function objectsIn(
  path: string,
  read: ReadText,
): Promise<readonly ManifestObject[] | undefined> {
  const text = await read(path);
  if (text === undefined) return undefined;
  const file = { name: path === STDIN ? 'stdin' : path, text };
  const key = bareKeyOf(path, text);
  if (key !== undefined) return [await bareObject(file, key, read)];
  const { objects, generated } = withUsageErrors(() => readManifests(file));
  return [...objects, ...(await Promise.all(generated.map((one) => withFiles(one, read))))];
}

/** What a reader of manifests refuses becomes a UsageError, with its cause. */
export function withUsageErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const { file, at, message } = error;
    const told = `${printable(file, 400)}:${at.line}:${at.column}: ${message}`;
    throw new UsageError(told, { cause: error });
  }
}

/** Keys by what their files are called, where they are not called as the keys. */
const KEYS_BY_EXTENSION: Readonly<Record<string, DocumentKey>> = {
  '.conflist': CONFLIST_KEY,
  '.conf': CONF_KEY,
};

/** The key whose text a file holds, by its name or, on standard input, by what it holds. */
function bareKeyOf(path: string, text: string): DocumentKey | undefined {
  const name = basename(path);
  if (name === `${ENI_CONF_KEY}.json`) return ENI_CONF_KEY;
  const byName = DOCUMENT_KEYS.find((key) => key === name) ?? KEYS_BY_EXTENSION[extname(name)];
  if (byName) return byName;
  const isChain = /^\s*\{/.test(text) && text.includes('"plugins"') && !text.includes('"kind"');
  return path === STDIN && isChain ? CONFLIST_KEY : undefined;
}

/** The object that a text is a part of, with the other keys that lie beside it. */
async function bareObject(
  file: ManifestFile,
  key: DocumentKey,
  read: ReadText,
): Promise<ManifestObject> {
  const texts = new Map<string, KeyText>([[key, bareText(file)]]);
  for (const other of DOCUMENT_KEYS) {
    if (other === key || file.name === 'stdin') continue;
    const path = join(dirname(file.name), other);
    const text = await read(path);
    if (text !== undefined) texts.set(other, bareText({ name: path, text }));
  }
  return {
    file,
    range: { offset: 0, length: 0 },
    configMap: {
      data: new Map([...texts].map(([name, place]) => [name, place.file.text])),
      binaryData: new Map(),
      immutable: false,
    },
    texts,
    isPartial: true,
  };
}

/** The object that kustomize would generate. */
async function withFiles(
  { file, range, files, literals, isPartial }: GeneratedObject,
  read: ReadText,
): Promise<ManifestObject> {
  const texts = new Map<string, KeyText>();
  const data = new Map<string, string>();
  for (const [key, { text, place }] of literals) {
    data.set(key, text);
    texts.set(key, place);
  }
  for (const { key, path } of files) {
    const name = join(dirname(file.name), path);
    const text = await read(name);
    if (text === undefined) {
      throw new UsageError(
        `${printable(file.name, 400)}: there is no ${printable(path)}, which it names for ${printable(key)}`,
      );
    }
    data.set(key, text);
    texts.set(key, bareText({ name, text }));
  }
  const configMap = { data, binaryData: new Map<string, string>(), immutable: false };
  return { file, range, configMap, texts, isPartial };
}

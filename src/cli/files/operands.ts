import { readdirSync, realpathSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DOCUMENT_KEYS } from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import { ManifestError } from '../../manifests/manifest-error.ts';
import type { ManifestObject } from '../../manifests/read.ts';
import { UsageError } from '../usage-error.ts';
import { objectsIn } from './objects.ts';
import { pathsMatching } from './pattern.ts';
import { STDIN, readWorkTree } from './source.ts';

/** What the words of a call come to. */
export interface FoundObjects {
  readonly objects: readonly ManifestObject[];
  /** What was passed over, and why; one line each. */
  readonly notes: readonly string[];
}

/**
 * Finds the eni-configs in files, folders, patterns and on standard input. Throws UsageError for what
 * is not there or can't be used, and where files are named and none of them holds one.
 */
export async function findObjects(operands: readonly string[]): Promise<FoundObjects> {
  const objects = new Map<string, ManifestObject>();
  const notes: string[] = [];
  let isNamed = false;
  const add = (found: readonly ManifestObject[]) => {
    for (const object of found) objects.set(identityOf(object), object);
  };
  const isFirst = firstNames();
  for (const operand of operands) {
    const paths = expanded(operand);
    if (paths) {
      for (const path of paths.filter(isFirst)) add(await inFolder(path, notes));
      continue;
    }
    if (!isFirst(operand)) continue;
    const found = await objectsIn(operand, readWorkTree);
    if (!found) throw new UsageError(`${printable(operand, 400)}: there is no such file`);
    isNamed = true;
    if (found.length === 0) notes.push(`no eni-config in ${printable(operand, 400)}`);
    add(found);
  }
  if (objects.size > 0) return { objects: withoutParts([...objects.values()]), notes };
  const where = printable(operands.join(' '), 400);
  if (isNamed) throw new UsageError(`no eni-config in ${where}`);
  return { objects: [], notes: [...notes, `no eni-config in ${where}`] };
}

/** Tells files from further names of them, as links give: each is read once, and mended once. */
function firstNames(): (path: string) => boolean {
  const seen = new Set<string>();
  return (path) => {
    if (path === STDIN || !statSync(path, { throwIfNoEntry: false })) return true;
    const file = realpathSync(path);
    const isNew = !seen.has(file);
    seen.add(file);
    return isNew;
  };
}

/** Texts that lie beside each other are one object, whichever of them is named. */
function identityOf({ file, texts, range }: ManifestObject): string {
  const files = [...texts].map(([key, text]) => `${key}=${text.file.name}`).sort();
  return files.every((name) => name.endsWith(`=${file.name}`))
    ? `${file.name}@${range.offset}`
    : files.join('\n');
}

/** A text that a kustomization takes into its object is not an object beside that. */
function withoutParts(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const parts = new Set(
    objects
      .filter(({ isPartial, file, texts }) => !isPartial || !isBare({ file, texts }))
      .flatMap(({ texts }) => [...texts.values()].map(({ file }) => file.name)),
  );
  return objects.filter((object) => !isBare(object) || !parts.has(object.file.name));
}

const isBare = ({ file, texts }: Pick<ManifestObject, 'file' | 'texts'>) =>
  [...texts.values()].some((text) => text.file === file && text.keyRange === undefined);

/** A folder of manifests holds much that is no manifest; only what is named has to be usable. */
async function inFolder(path: string, notes: string[]): Promise<readonly ManifestObject[]> {
  try {
    return (await objectsIn(path, readWorkTree)) ?? [];
  } catch (error) {
    if (!(error instanceof UsageError && isTemplate(error.cause))) throw error;
    notes.push(`passed over: ${error.message}`);
    return [];
  }
}

const isTemplate = (cause: unknown) => cause instanceof ManifestError && cause.isTemplate;

/** The files of a folder or a pattern; undefined for a single file. */
function expanded(operand: string): readonly string[] | undefined {
  if (operand === STDIN) return undefined;
  const stat = statSync(operand, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return filesIn(operand);
  if (stat || !/[*?[{]/.test(operand)) return undefined;
  return pathsMatching(operand).flatMap((path) =>
    statSync(path).isDirectory() ? filesIn(path) : [path],
  );
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);
const NAMES = new Set<string>(DOCUMENT_KEYS);

function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return filesIn(path);
      return EXTENSIONS.has(extname(entry.name)) || NAMES.has(entry.name) ? [path] : [];
    });
}

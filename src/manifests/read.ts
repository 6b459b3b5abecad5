import {
  type Document,
  LineCounter,
  type Node,
  type Scalar,
  isMap,
  isNode,
  isScalar,
  parseAllDocuments,
  visit,
} from 'yaml';
import { breakGlassRequestIn } from '../engine/core/break-glass.ts';
import { type ConfigMap, GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import type { Range } from '../engine/json/position.ts';
import { printable } from '../engine/text/text.ts';
import { ManifestError } from './manifest-error.ts';
import { type ScalarSource, scalarSource } from './scalar.ts';
import { TextMap } from './text-map.ts';
import { type Entry, entriesOf, itemsOf, textOf } from './yaml-values.ts';

/** A file as it was read. */
export interface ManifestFile {
  /** As it is shown: the path that was given. */
  readonly name: string;
  readonly text: string;
}

/** One text of an eni-config, and where it stands. */
export interface KeyText {
  readonly file: ManifestFile;
  /** Undefined where a spelling is not understood; then all places are that of the whole value. */
  readonly map: TextMap | undefined;
  /** The whole value. */
  readonly range: Range;
  /** How to write into it; undefined where that would change other things as well. */
  readonly scalar?: ScalarSource | undefined;
  /** The key in front of the value; undefined in a file that is the value. */
  readonly keyRange?: Range | undefined;
}

/** An eni-config that files hold. */
export interface ManifestObject {
  readonly file: ManifestFile;
  /** What stands for the object as a whole: its name. */
  readonly range: Range;
  readonly configMap: ConfigMap;
  /** By key of `data`. */
  readonly texts: ReadonlyMap<string, KeyText>;
  /** Where a further key can be put; undefined where that would change other things as well. */
  readonly newKey?: NewKeyPlace | undefined;
  /** Keys may stand elsewhere, so that an absent one is not missing. */
  readonly isPartial: boolean;
}

/** The first key of a map, which another one can be put before. */
export interface NewKeyPlace {
  readonly file: ManifestFile;
  readonly offset: number;
  /** In braces, as JSON has it. */
  readonly isFlow: boolean;
}

/** An eni-config that kustomize makes of other files; paths are relative to the kustomization. */
export interface GeneratedObject {
  readonly file: ManifestFile;
  readonly range: Range;
  readonly files: readonly { readonly key: string; readonly path: string; readonly range: Range }[];
  readonly literals: ReadonlyMap<string, { readonly text: string; readonly place: KeyText }>;
  readonly isPartial: boolean;
}

export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly generated: readonly GeneratedObject[];
}

/**
 * Finds every eni-config in the text of a file: YAML with several documents and Lists, or JSON.
 * Other objects are passed over. Throws ManifestError for a text that kubectl could not read.
 */
export function readManifests(file: ManifestFile): Manifests {
  // Parsing costs milliseconds; in a folder of manifests most files are about something else.
  if (!MENTIONS_GUARDED.test(file.text)) return { objects: [], generated: [] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(file.text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const reader = new Reader(file, lines);
  for (const document of documents) reader.read(document);
  return reader;
}

/** The name, and not that of the guard itself, which its own chart is full of. */
const MENTIONS_GUARDED = new RegExp(`${GUARDED_NAME}(?![\\w-])`);

/** Aliases that one document may have: as many cost no time, more are an attack. */
const MAX_ALIASES = 1000;

class Reader implements Manifests {
  readonly objects: ManifestObject[] = [];
  readonly generated: GeneratedObject[] = [];
  readonly #file: ManifestFile;
  readonly #lines: LineCounter;
  /** What aliases of the document name: other places change with it. */
  #shared: readonly Range[] = [];

  constructor(file: ManifestFile, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  read(document: Document): void {
    const [error] = document.errors;
    if (error) {
      throw this.#refuse(error.pos[0], `no valid YAML: ${printable(error.message)}`);
    }
    this.#checkAliases(document);
    this.#readObject(document, document.contents);
  }

  #refuse(offset: number, message: string): ManifestError {
    const { line, col } = this.#lines.linePos(offset);
    const isTemplate = this.#file.text.includes('{{');
    const hint = isTemplate
      ? '; it looks like a template: give what `helm template` prints, for example through `-`'
      : '';
    const at = { line: line || 1, column: col || 1 };
    return new ManifestError(this.#file.name, at, `${message}${hint}`, isTemplate);
  }

  #checkAliases(document: Document): void {
    let count = 0;
    const shared: Range[] = [];
    visit(document, {
      Alias: (_key, alias) => {
        const offset = alias.range?.[0] ?? 0;
        count += 1;
        if (count > MAX_ALIASES) throw this.#refuse(offset, 'more aliases than a manifest needs');
        const named = alias.resolve(document);
        if (!named) {
          throw this.#refuse(offset, `the alias *${printable(alias.source)} has no anchor`);
        }
        shared.push(rangeOf(named));
      },
    });
    this.#shared = shared;
  }

  #isShared(node: unknown): boolean {
    const { offset, length } = rangeOf(node);
    return this.#shared.some((one) => {
      return one.offset <= offset && offset + length <= one.offset + one.length;
    });
  }

  #readObject(document: Document, node: unknown): void {
    const entries = entriesOf(document, node);
    const kind = textOf(entries.get('kind')?.value);
    const generators = entries.get('configMapGenerator');
    if (kind === 'List' || kind === 'ConfigMapList') {
      for (const item of itemsOf(document, entries.get('items')?.value)) {
        this.#readObject(document, item);
      }
    } else if (kind === 'ConfigMap') {
      this.#readConfigMap(document, entries);
    } else if (generators && (kind ?? 'Kustomization') === 'Kustomization') {
      const namespace = textOf(entries.get('namespace')?.value);
      for (const item of itemsOf(document, generators.value)) {
        this.#readGenerator(document, item, namespace);
      }
    }
  }

  #readConfigMap(document: Document, entries: ReadonlyMap<string, Entry>): void {
    const metadata = entriesOf(document, entries.get('metadata')?.value);
    const name = metadata.get('name');
    if (!isGuarded(textOf(name?.value), textOf(metadata.get('namespace')?.value))) return;
    const data = this.#readTexts(document, 'data', entries);
    const annotations = this.#readTexts(document, 'annotations', metadata);
    const breakGlass = breakGlassRequestIn(
      Object.fromEntries([...annotations].map(([key, { text }]) => [key, text])),
    );
    const binary = this.#readTexts(document, 'binaryData', entries);
    const immutable = entries.get('immutable')?.value;
    this.objects.push({
      file: this.#file,
      range: rangeOf(name?.value),
      configMap: {
        data: new Map([...data].map(([key, { text }]) => [key, text])),
        binaryData: new Map([...binary].map(([key, { text }]) => [key, text])),
        immutable: isScalar(immutable) && immutable.value === true,
        ...(breakGlass ? { breakGlass } : {}),
      },
      texts: new Map([...data].map(([key, { place }]) => [key, place])),
      newKey: this.#newKeyIn(entries.get('data')?.value),
      isPartial: false,
    });
  }

  #newKeyIn(map: unknown): NewKeyPlace | undefined {
    const [first] = isMap(map) && !this.#isShared(map) ? map.items : [];
    if (!first || !isMap(map)) return undefined;
    return { file: this.#file, offset: rangeOf(first.key).offset, isFlow: map.flow === true };
  }

  /** The texts of a map of texts, which is what the API server takes there. */
  #readTexts(
    document: Document,
    member: string,
    parent: ReadonlyMap<string, Entry>,
  ): Map<string, { readonly text: string; readonly place: KeyText }> {
    const texts = new Map<string, { text: string; place: KeyText }>();
    for (const [key, entry] of entriesOf(document, parent.get(member)?.value)) {
      const { value } = entry;
      const text = textOf(value);
      if (text === undefined || (value && isNoTextToKubectl(value))) {
        throw this.#refuse(
          rangeOf(value ?? entry.key).offset,
          `${member}.${printable(key)} is no text, and the API server takes nothing else there; put it in quotes`,
        );
      }
      const place = this.#placeOf(value as Scalar, entry);
      texts.set(key, { text, place });
    }
    return texts;
  }

  #placeOf(scalar: Scalar, { key, isShared }: Pick<Entry, 'key' | 'isShared'>): KeyText {
    const source = scalarSource(this.#file.text, scalar);
    return {
      file: this.#file,
      map: source?.map,
      range: rangeOf(scalar),
      scalar: isShared || this.#isShared(scalar) ? undefined : source,
      keyRange: rangeOf(key),
    };
  }

  #readGenerator(document: Document, node: unknown, around: string | undefined): void {
    const entries = entriesOf(document, node);
    const name = entries.get('name');
    const namespace = textOf(entries.get('namespace')?.value) ?? around;
    if (!isGuarded(textOf(name?.value), namespace)) return;
    const list = (member: string) =>
      itemsOf(document, entries.get(member)?.value).flatMap((item) => {
        const text = textOf(item);
        return text === undefined ? [] : [{ text, scalar: item as Scalar }];
      });
    const literals = list('literals').flatMap(({ text, scalar }) => {
      const literal = this.#readLiteral(text, scalar);
      return literal ? [literal] : [];
    });
    this.generated.push({
      file: this.#file,
      range: rangeOf(name?.value),
      files: list('files').map(({ text, scalar }) => {
        const [key, path] = text.includes('=') ? splitAt(text, '=') : [baseName(text), text];
        return { key, path, range: rangeOf(scalar) };
      }),
      literals: new Map(literals),
      isPartial: textOf(entries.get('behavior')?.value) === 'merge',
    });
  }

  /** `key=text`; quotes around the text are not part of it. */
  #readLiteral(literal: string, scalar: Scalar) {
    if (!literal.includes('=')) return undefined;
    const [key, value] = splitAt(literal, '=');
    const isQuoted = value.length > 1 && /^(["']).*\1$/s.test(value);
    const text = isQuoted ? value.slice(1, -1) : value;
    const source = scalarSource(this.#file.text, scalar);
    const place: KeyText = {
      file: this.#file,
      map: source?.map.from(key.length + (isQuoted ? 2 : 1)),
      range: rangeOf(scalar),
      keyRange: source?.map.rangeOf({ offset: 0, length: key.length }) ?? rangeOf(scalar),
    };
    return [key, { text, place }] as const;
  }
}

const isGuarded = (name: string | undefined, namespace: string | undefined) =>
  name === GUARDED_NAME && (namespace ?? GUARDED_NAMESPACE) === GUARDED_NAMESPACE;

/**
 * Words that kubectl's reader takes for true, false and numbers, as YAML 1.1 has it. Source: resolve.go
 * of go-yaml v2, which sigs.k8s.io/yaml carries.
 */
const WORDS_OF_YAML_11 = /^(y|yes|on|n|no|off|[-+]?(\d[\d_]*|0b[01_]+|0x[\da-f_]+))$/i;

const isNoTextToKubectl = (node: Node) =>
  isScalar(node) && node.type === 'PLAIN' && !node.tag && WORDS_OF_YAML_11.test(String(node.value));

function rangeOf(node: unknown): Range {
  const range = isNode(node) ? node.range : undefined;
  return range ? { offset: range[0], length: range[1] - range[0] } : { offset: 0, length: 0 };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** A file that holds the text of one key and nothing else: `10-terway.conflist`. */
export function bareText(file: ManifestFile): KeyText {
  const { length } = file.text;
  return { file, map: TextMap.verbatim(length), range: { offset: 0, length } };
}

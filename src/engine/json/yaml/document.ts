import type { JsonDocument } from '../document.ts';
import type { JsonProblem } from '../syntax-problem.ts';
import { utf8Length } from '../../text/byte-length.ts';
import { type BuiltTree, buildTree } from './build.ts';
import { YamlFailure } from './failure.ts';
import { type YamlTree, parseYaml } from './parser.ts';
import { problemOf } from './problems.ts';

/** Bytes of YAML that Terway reads, and that are read here. Source: parseCNIChain in cmd/terway-cli/cni.go. */
export const MAX_YAML_BYTES = 64 * 1024;

/** Numbers that are told one by one. */
const MAX_NUMBER_PROBLEMS = 20;

/**
 * Reads `text` as sigs.k8s.io/yaml turns YAML 1.1 into JSON for Terway: the first document alone, of
 * members with one name the last, names as text. Places are those in the YAML. A text that is not
 * YAML has its first error as a problem. Never throws; size, depth and aliases are bounded.
 */
export function readYaml(text: string): JsonDocument {
  const unreadable = (problem: JsonProblem): JsonDocument => ({
    text,
    root: undefined,
    objects: [],
    values: 0,
    problems: [problem],
  });
  const bytes = utf8Length(text);
  if (bytes > MAX_YAML_BYTES) {
    return unreadable({
      kind: 'size',
      message: `the text is ${bytes} bytes long; Terway reads ${MAX_YAML_BYTES} (64 KiB) at most, and so does the guard`,
      at: { offset: 0, length: 1 },
    });
  }
  const reading = read(text);
  if (reading instanceof YamlFailure) {
    return unreadable(problemOf(text, reading, (mended) => !(read(mended) instanceof YamlFailure)));
  }
  const { root, objects, values, infinite, hasAliases, restAt, hasExplicitNames } = reading;
  return {
    text,
    root,
    objects,
    values,
    problems: infinite.slice(0, MAX_NUMBER_PROBLEMS).map((at) => ({
      kind: 'number',
      message: 'JSON, which Terway makes of this, has no infinite numbers and no .nan',
      fix: 'write a number, or put the text into quotes',
      at,
    })),
    yaml: { isShared: hasAliases || hasExplicitNames, restAt },
  };
}

/** What the YAML is, or why it can't be read. */
function read(text: string): (BuiltTree & Omit<YamlTree, 'root'>) | YamlFailure {
  try {
    const plain = withPlainBreaks(text);
    const tree = parseYaml(plain);
    return { ...tree, ...buildTree(plain, tree) };
  } catch (error) {
    if (error instanceof YamlFailure) return error;
    throw error;
  }
}

// What YAML 1.1 has no place for: control characters, lone surrogates, two codes without a character.
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The text with one mark for each of YAML 1.1's line ends, so that every offset stays. */
function withPlainBreaks(text: string): string {
  const unprintable = UNPRINTABLE.exec(text);
  if (unprintable) throw new YamlFailure('control-character', unprintable.index);
  return text.replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n');
}

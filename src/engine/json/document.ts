import type { JsonNode, JsonNumber, JsonObject } from './node.ts';
import { type Failure, MAX_DEPTH, readStrictly } from './reader.ts';
import { type JsonProblem, TOO_MANY_VALUES } from './syntax-problem.ts';
import { syntaxProblems } from './syntax-errors.ts';

/** A text read as JSON: either a root node, or the problems that keep it from having one. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode | undefined;
  /** Every object in it. */
  readonly objects: readonly JsonObject[];
  /** How many values it has, each member's and each element's counted. */
  readonly values: number;
  readonly problems: readonly JsonProblem[];
  /** Of a text that was read as YAML. */
  readonly yaml?: YamlNotes;
}

/** What YAML can have beyond JSON. */
export interface YamlNotes {
  /** A stretch of the text stands for several values, or a name is written in an unusual way. */
  readonly isShared: boolean;
  /** Where a second document begins; nothing reads it. */
  readonly restAt: number | undefined;
}

/** Bytes that the API server accepts for all values of a ConfigMap together: 1 MiB. */
export const MAX_TEXT_LENGTH = 1024 * 1024;

/** Numbers that are told one by one. */
const MAX_NUMBER_PROBLEMS = 20;

/**
 * Reads `text` as strictly as Go's encoding/json does (RFC 8259: no comments, no trailing commas,
 * no byte-order mark, finite numbers). A text that is not JSON has all its slips as problems.
 * Never throws; size, values and depth are bounded.
 */
export function readJson(text: string): JsonDocument {
  const tooMuch = tooLarge(text);
  if (tooMuch) return unreadable(text, [tooMuch]);
  const reading = readStrictly(text);
  if ('failedAt' in reading) {
    return unreadable(text, problemsOf(text, reading));
  }
  const { root, objects, values, infinite } = reading;
  const problems = infinite.slice(0, MAX_NUMBER_PROBLEMS).map(infiniteNumber);
  return { text, root, objects, values, problems };
}

function unreadable(text: string, problems: readonly JsonProblem[]): JsonDocument {
  return { text, root: undefined, objects: [], values: 0, problems };
}

function problemsOf(text: string, { failedAt, because }: Failure): readonly JsonProblem[] {
  const at = { offset: failedAt, length: 1 };
  switch (because) {
    case 'syntax':
      return syntaxProblems(text, failedAt);
    case 'depth':
      return [{ kind: 'depth', message: `nested more than ${MAX_DEPTH} levels deep`, at }];
    case 'size':
      return [{ kind: 'size', message: TOO_MANY_VALUES, at }];
  }
}

/** `1e400` is Infinity to JavaScript and an error to Go, so to Terway as well. */
function infiniteNumber(at: JsonNumber): JsonProblem {
  return {
    kind: 'number',
    message: 'this number is too large for Terway to read (beyond 1.8e308)',
    at,
  };
}

function tooLarge(text: string): JsonProblem | undefined {
  if (text.length <= MAX_TEXT_LENGTH) return undefined;
  return {
    kind: 'size',
    message: `the text is ${text.length} characters long; a ConfigMap holds 1 MiB at most`,
    at: { offset: MAX_TEXT_LENGTH, length: 1 },
  };
}

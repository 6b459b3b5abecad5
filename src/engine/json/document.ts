import type { JsonNode, JsonNumber, JsonObject } from './node.ts';
import { MAX_DEPTH, readStrictly } from './reader.ts';
import { endOfString } from './slips/brackets.ts';
import { type JsonProblem, TOO_MANY_VALUES } from './syntax-problem.ts';
import { syntaxProblems } from './syntax-errors.ts';

/** A text read as JSON: either a root node, or the problems that keep it from having one. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode | undefined;
  /** Every object in it. */
  readonly objects: readonly JsonObject[];
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
    const problem = reading.hasTooMany ? tooMany(reading.failedAt) : tooDeep(text);
    return unreadable(text, problem ? [problem] : syntaxProblems(text, reading.failedAt));
  }
  const problems = reading.infinite.slice(0, MAX_NUMBER_PROBLEMS).map(infiniteNumber);
  return { text, root: reading.root, objects: reading.objects, problems };
}

function unreadable(text: string, problems: readonly JsonProblem[]): JsonDocument {
  return { text, root: undefined, objects: [], problems };
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

const tooMany = (offset: number): JsonProblem => ({
  kind: 'size',
  message: TOO_MANY_VALUES,
  at: { offset, length: 1 },
});

/** Finds the first bracket below MAX_DEPTH without recursion; brackets in strings do not count. */
function tooDeep(text: string): JsonProblem | undefined {
  let depth = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (unit === 0x22) {
      offset = endOfString(text, offset);
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        return {
          kind: 'depth',
          message: `nested more than ${MAX_DEPTH} levels deep`,
          at: { offset, length: 1 },
        };
      }
    } else if (unit === 0x7d || unit === 0x5d) {
      depth -= 1;
    }
  }
  return undefined;
}

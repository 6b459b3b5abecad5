import { parseDocument } from 'yaml';

/** YAML where JSON belongs. */

/** Characters that are parsed; a longer text is called YAML by its lines and not converted. */
const MAX_PARSED = 8 * 1024;

/** Lines that a look at the text takes in. */
const MAX_LINES = 20;

/** A line of YAML's block style: an element, a name without or with quotes, a comment, a separator. */
const BLOCK_LINE =
  /^[ \t]*(?:-(?:[ \t]|$)|["']?[^\s{}[\]"',#&*!|>%@`:][^{}[\]"',#:]{0,200}["']?[ \t]*:(?:[ \t]|$))/;
const IGNORED_LINE = /^[ \t]*(?:#.*|---.*|\.\.\.|%YAML.*)?$/;
/** A list in block style, or a name without quotes: what no JSON has. */
const BLOCK_ONLY = /^[ \t]*(?:-[ \t]|-$|[\w./-]+[ \t]*:(?:[ \t]|$))/;

interface YamlText {
  /** The same as JSON, where it has the same meaning for sure. */
  readonly json: string | undefined;
  /** It is a ConfigMap, or keys of one. */
  readonly isManifest: boolean;
}

/** The text as YAML, if it is a list or an object in YAML's block style. */
export function readYaml(text: string): YamlText | undefined {
  const lines = text
    .slice(0, MAX_PARSED)
    .split('\n', MAX_LINES * 5)
    .map((line) => line.trimEnd())
    .filter((line) => !IGNORED_LINE.test(line))
    .slice(0, MAX_LINES);
  const [first] = lines;
  if (first === undefined || !BLOCK_LINE.test(first)) return undefined;
  if (!lines.some((line) => BLOCK_ONLY.test(line))) return undefined;
  if (text.length > MAX_PARSED) {
    return lines.every((line) => BLOCK_LINE.test(line))
      ? { json: undefined, isManifest: false }
      : undefined;
  }
  const value = parsed(text);
  if (value === undefined) return undefined;
  return { json: toJson(value), isManifest: isManifest(value) };
}

/** An object or a list that the text is as YAML 1.1, which Terway and kubectl read. */
function parsed(text: string): object | undefined {
  try {
    const document = parseDocument(text, { version: '1.1', logLevel: 'silent', uniqueKeys: true });
    if (document.errors.length > 0) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Aliases, or nesting beyond what the parser's recursion takes.
    return undefined;
  }
}

function isManifest(value: object): boolean {
  if (Array.isArray(value)) return false;
  if ('apiVersion' in value || 'kind' in value) return true;
  return Object.values(value).some(
    (member) => typeof member === 'string' && /^\s*[{[]/.test(member),
  );
}

/** Undefined where the value holds what JSON has not: dates, binary data, infinite numbers. */
function toJson(value: object): string | undefined {
  return isPlain(value) ? JSON.stringify(value, null, 2) : undefined;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'undefined';
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

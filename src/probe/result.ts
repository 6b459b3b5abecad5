import { isObject } from '../engine/text/is-object.ts';

/** What the probe found in one node's CNI directory, and its form in a termination message. */

/** One executable file that a chain can name as its `type`. */
export interface PluginBinary {
  /** As the binary tells it, `v1.7.1`; absent when it does not. */
  readonly version?: string;
  /** The versions of the CNI specification it speaks. */
  readonly specVersions?: readonly string[];
}

export interface ProbeResult {
  /** By file name. */
  readonly binaries: ReadonlyMap<string, PluginBinary>;
  /** Further files for which there was no room; while there are any, no name counts as missing. */
  readonly leftOut?: number;
}

/** The kubelet cuts a termination message here. Source: Kubernetes, "Customizing the message". */
export const MAX_RESULT_BYTES = 4096;

/** What a chain can name: a file name that needs no escape anywhere. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/;
const SPEC_VERSION = /^\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const MAX_SPEC_VERSIONS = 16;

export const isPluginName = (name: string) => NAME.test(name);

/** Files that tell the same, together: the plugins of one release share a line. */
interface Group {
  readonly version?: string;
  readonly specVersions?: readonly string[];
  readonly names: readonly string[];
}

const FORMAT = 1;

type Entry = readonly [name: string, binary: PluginBinary];

/**
 * `result` as compact JSON, plain ASCII, never more than MAX_RESULT_BYTES. Where that is too
 * little, details go in the order of their worth to the guard: the specification versions of files
 * not in `important`, their versions, their names, and then the same of what is `important`.
 * Names that are left out are counted, and so are those that no chain could spell.
 */
export function encodeProbeResult(
  result: ProbeResult,
  important: ReadonlySet<string> = new Set(),
): string {
  const entries = [...result.binaries].filter(([name]) => isPluginName(name)).map(cleaned);
  const first = entries.filter(([name]) => important.has(name)).sort(byName);
  const rest = entries.filter(([name]) => !important.has(name)).sort(byName);
  const total = result.binaries.size + (result.leftOut ?? 0);
  const views = [
    [...first, ...rest],
    [...first, ...rest.map(withoutSpec)],
    [...first, ...rest.map(nameOnly)],
  ];
  for (const view of views) {
    const text = format(view, total);
    if (text.length <= MAX_RESULT_BYTES) return text;
  }
  const shortest = views.at(-1) ?? [];
  const fits = (length: number) =>
    format(shortest.slice(0, length), total).length <= MAX_RESULT_BYTES;
  return format(shortest.slice(0, longest(shortest.length, fits)), total);
}

/** Only what `decodeProbeResult` takes. */
function cleaned([name, { version, specVersions = [] }]: Entry): Entry {
  const spec = specVersions.filter((text) => SPEC_VERSION.test(text)).slice(0, MAX_SPEC_VERSIONS);
  return [
    name,
    {
      ...(version !== undefined && VERSION.test(version) && { version }),
      ...(spec.length > 0 && { specVersions: spec }),
    },
  ];
}

const byName = ([a]: Entry, [b]: Entry) => (a < b ? -1 : 1);
const nameOnly = ([name]: Entry): Entry => [name, {}];
const withoutSpec = ([name, { version }]: Entry): Entry => [
  name,
  version === undefined ? {} : { version },
];

function format(entries: readonly Entry[], total: number): string {
  const groups = new Map<string, { readonly binary: PluginBinary; readonly names: string[] }>();
  for (const [name, binary] of entries) {
    const key = JSON.stringify([binary.version, binary.specVersions]);
    const group = groups.get(key);
    if (group) group.names.push(name);
    else groups.set(key, { binary, names: [name] });
  }
  const leftOut = total - entries.length;
  return JSON.stringify({
    v: FORMAT,
    groups: [...groups.values()].map(({ binary, names }): Group => ({ ...binary, names })),
    ...(leftOut > 0 && { leftOut }),
  });
}

/** The greatest number up to `limit` that `fits`, which holds for every smaller number too. */
function longest(limit: number, fits: (length: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Reads what `encodeProbeResult` wrote. Undefined for any other text: it comes from a node, and parts
 * of a forged or foreign message are not used.
 */
export function decodeProbeResult(text: string): ProbeResult | undefined {
  if (text.length > MAX_RESULT_BYTES) return undefined;
  const message = parsed(text);
  if (!isObject(message) || message.v !== FORMAT || !Array.isArray(message.groups)) {
    return undefined;
  }
  const binaries = new Map<string, PluginBinary>();
  for (const group of message.groups as readonly unknown[]) {
    if (!isGroup(group)) return undefined;
    const { names, ...binary } = group;
    for (const name of names) {
      if (binaries.has(name)) return undefined;
      binaries.set(name, binary);
    }
  }
  const { leftOut } = message;
  if (leftOut === undefined) return { binaries };
  return Number.isSafeInteger(leftOut) && Number(leftOut) > 0
    ? { binaries, leftOut: Number(leftOut) }
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isGroup(value: unknown): value is Group {
  if (!isObject(value)) return false;
  const { names, version, specVersions, ...others } = value;
  return (
    Object.keys(others).length === 0 &&
    areTexts(names, NAME) &&
    (version === undefined || (typeof version === 'string' && VERSION.test(version))) &&
    (specVersions === undefined ||
      (areTexts(specVersions, SPEC_VERSION) && specVersions.length <= MAX_SPEC_VERSIONS))
  );
}

const areTexts = (value: unknown, shape: RegExp): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => typeof item === 'string' && shape.test(item));

import { type Change, type ConfigMap, DOCUMENT_KEYS, formatOf } from './eni-config.ts';
import type { Finding } from './finding.ts';
import { type DocumentReader, createDocumentReader } from '../json/document-reader.ts';
import { type Fix, prose, withEdits, withWays } from './fix.ts';

/** Reviews of mended objects in one call, and values that are judged in all of them together. */
const MAX_TRIED = 10;
const MAX_TRIED_VALUES = 10_000;
/** Characters of data that are written and read anew for each. */
const MAX_LENGTH = 64 * 1024;

/**
 * The findings, with each tentative fix tried out: where `review` finds more in the mended object
 * than was there, the fix says so and leaves its edits out, as it does where it can't be tried.
 */
export function withTriedFixes(
  findings: readonly Finding[],
  change: Change,
  review: (mended: Change) => readonly Finding[],
  read: DocumentReader = createDocumentReader(),
): readonly Finding[] {
  if (!findings.some(({ fix }) => fix.isTentative)) return findings;
  const { new: object } = change;
  let left = object ? triesOf(object, read) : 0;
  const known = countsOf(findings);
  return findings.map((finding) => {
    const { isTentative, edits, ...words } = finding.fix;
    if (!isTentative) return finding;
    if (!object || !edits || left === 0) return { ...finding, fix: words };
    left -= 1;
    const brought = review({ ...change, new: withEdits(object, edits) });
    const counts = countsOf(brought);
    const more = brought.find(
      ({ rule, advisory }) => !advisory && timesIn(counts, rule) > timesIn(known, rule),
    );
    return { ...finding, fix: more ? withMore(words, more) : { ...words, edits } };
  });
}

/** How many mended objects are judged: of one with few values many, of one with very many none. */
function triesOf({ data }: ConfigMap, read: DocumentReader): number {
  let length = 0;
  for (const text of data.values()) length += text.length;
  if (length > MAX_LENGTH) return 0;
  let values = 0;
  for (const key of DOCUMENT_KEYS) {
    const text = data.get(key);
    if (text !== undefined) values += read(text, formatOf(key)).values;
  }
  return Math.min(MAX_TRIED, Math.floor(MAX_TRIED_VALUES / (values || 1)));
}

function countsOf(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, timesIn(counts, rule) + 1);
  return counts;
}

const timesIn = (counts: ReadonlyMap<string, number>, rule: string) => counts.get(rule) ?? 0;

function withMore({ kind, text, ways = [] }: Fix, { message }: Finding): Fix {
  const words = `${kind === 'paste' ? 'write ' : ''}${text}; then look at this as well: ${message}`;
  return withWays(prose(words), ...ways);
}

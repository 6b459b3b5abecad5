import { distance } from 'fastest-levenshtein';
import { foldName } from '../json/go-names.ts';

const MAX_EDITS = 2;

/**
 * The candidate that `word` was probably meant to be: letter case, `-`, `_` and `.` aside the same, or at most two edits away
 * and fewer edits than would rewrite half of it; undefined when nothing is near.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  // A longer word is no slip of a known name, and edit distance costs the product of the lengths.
  if (word.length > 64) return undefined;
  const folded = foldName(word);
  const joined = withoutSeparators(folded);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    // As in idleIpReclaimAfter, which is more than two edits away.
    if (joined !== '' && withoutSeparators(foldName(candidate)) === joined) return candidate;
    if (Math.abs(candidate.length - word.length) > MAX_EDITS) continue;
    const edits = distance(folded, foldName(candidate));
    const allowed = isMixedUp(folded, foldName(candidate))
      ? MAX_EDITS
      : allowedEdits(candidate, word);
    if (edits <= allowed && edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

const withoutSeparators = (name: string) => name.replace(/[-_.]/g, '');

/** Two, but not more than half of a short name: `vpc` is no slip of `vrf`. */
function allowedEdits(candidate: string, word: string): number {
  return Math.min(MAX_EDITS, Math.floor(Math.max(candidate.length, word.length) / 2));
}

/** The same letters in another order; swapping two of them counts as two edits. */
function isMixedUp(a: string, b: string): boolean {
  const sorted = (text: string) => Array.from(text).sort().join('');
  return a.length === b.length && sorted(a) === sorted(b);
}

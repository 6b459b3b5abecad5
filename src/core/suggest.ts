import { distance } from 'fastest-levenshtein';
import { foldName } from './go-reading.ts';

/**
 * The candidate that `word` was probably meant to be: letter case aside, at most two edits away
 * and fewer edits than would rewrite half of it; undefined when nothing is near.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  // A longer word is no slip of a known name, and edit distance costs the product of the lengths.
  if (word.length > 64) return undefined;
  const folded = foldName(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const edits = distance(folded, foldName(candidate));
    const allowed = Math.min(2, Math.floor(Math.max(candidate.length, word.length) / 2));
    if (edits <= allowed && edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

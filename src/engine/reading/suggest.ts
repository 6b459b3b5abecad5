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
  const { folded, joined, letters } = formsOf(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const forms = known.get(candidate) ?? remembered(candidate);
    // As in idleIpReclaimAfter, which is more than two edits away.
    if (joined !== '' && forms.joined === joined) return candidate;
    if (Math.abs(candidate.length - word.length) > MAX_EDITS) continue;
    if (differingLetters(forms.letters, letters) > 2 * MAX_EDITS) continue;
    const edits = distance(folded, forms.folded);
    if (edits > MAX_EDITS) continue;
    const allowed = isMixedUp(folded, forms.folded) ? MAX_EDITS : allowedEdits(candidate, word);
    if (edits <= allowed && edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** What of a word is compared. */
interface Forms {
  /** Without letter case. */
  readonly folded: string;
  /** Without what stands between words, too. */
  readonly joined: string;
  /** A bit for each letter that occurs. */
  readonly letters: number;
}

function formsOf(word: string): Forms {
  const folded = foldName(word);
  let letters = 0;
  for (let at = 0; at < folded.length; at += 1) letters |= 1 << (folded.charCodeAt(at) % 32);
  return { folded, joined: withoutSeparators(folded), letters };
}

/** Of candidates, which are names from the catalogue: a chain can have thousands of words for them. */
const known = new Map<string, Forms>();
const MAX_KNOWN = 2000;

function remembered(candidate: string): Forms {
  const forms = formsOf(candidate);
  if (known.size < MAX_KNOWN) known.set(candidate, forms);
  return forms;
}

/** How many letters only one of the words has; an edit takes one away and brings another at most. */
function differingLetters(a: number, b: number): number {
  let count = 0;
  for (let bits = a ^ b; bits !== 0; bits &= bits - 1) count += 1;
  return count;
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

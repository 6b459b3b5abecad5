import { distance } from 'fastest-levenshtein';
import { foldName } from '../json/go-names.ts';

const MAX_EDITS = 2;

/**
 * The candidate that `word` was probably meant to be: letter case, `-`, `_` and `.` aside the same, or at most two edits away
 * and fewer edits than would rewrite half of it; undefined when nothing is near.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  return isSlip(word) ? nearest(word, remembered(candidates)) : undefined;
}

/** Many words of which a slip is looked for again and again. */
export class WordList {
  readonly #words: readonly Candidate[];
  /** By the length of a word: those that can be near it. */
  readonly #near = new Map<number, readonly Candidate[]>();
  readonly #joined = new Set<string>();

  constructor(words: readonly string[]) {
    this.#words = [...remembered(words)];
    for (const { joined } of this.#words) this.#joined.add(joined);
  }

  /** `closest` of those that `isFree` tells to be; of all without it. */
  closest(word: string, isFree: (candidate: string) => boolean = () => true): string | undefined {
    if (!isSlip(word)) return undefined;
    const near = this.#joined.has(formsOf(word).joined) ? this.#words : this.#nearest(word.length);
    let candidates = near;
    for (;;) {
      const found = nearest(word, candidates);
      if (found === undefined || isFree(found)) return found;
      candidates = candidates.filter((candidate) => candidate.word !== found);
    }
  }

  #nearest(length: number): readonly Candidate[] {
    let near = this.#near.get(length);
    if (!near) {
      near = this.#words.filter(({ word }) => Math.abs(word.length - length) <= MAX_EDITS);
      this.#near.set(length, near);
    }
    return near;
  }
}

/** A longer word is no slip of a known name, and edit distance costs the product of the lengths. */
const isSlip = (word: string) => word.length <= 64;

function nearest(word: string, candidates: Iterable<Candidate>): string | undefined {
  const { folded, joined, letters } = formsOf(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    // As in idleIpReclaimAfter, which is more than two edits away.
    if (joined !== '' && candidate.joined === joined) return candidate.word;
    if (Math.abs(candidate.word.length - word.length) > MAX_EDITS) continue;
    if (differingLetters(candidate.letters, letters) > 2 * MAX_EDITS) continue;
    const edits = distance(folded, candidate.folded);
    if (edits > MAX_EDITS) continue;
    const allowed = isMixedUp(folded, candidate.folded)
      ? MAX_EDITS
      : allowedEdits(candidate.word, word);
    if (edits <= allowed && edits < bestDistance) {
      best = candidate.word;
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

interface Candidate extends Forms {
  readonly word: string;
}

const candidateOf = (word: string): Candidate => ({ word, ...formsOf(word) });

/** Of candidates, which are names from the catalogue: a chain can have thousands of words for them. */
const known = new Map<string, Candidate>();
const MAX_KNOWN = 2000;

function* remembered(words: Iterable<string>): Iterable<Candidate> {
  for (const word of words) {
    let candidate = known.get(word);
    if (!candidate) {
      candidate = candidateOf(word);
      if (known.size < MAX_KNOWN) known.set(word, candidate);
    }
    yield candidate;
  }
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

import { distance } from 'fastest-levenshtein';
import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { KEY_NAMES } from '../catalogue/keys.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { TERWAY } from '../catalogue/distributions.ts';
import { CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';

/** What people probably mean by the name of a key that no program reads. */

const MAX_EDITS = 2;
/** A longer name is no slip of a known one, and edit distance costs the product of the lengths. */
const MAX_LENGTH = 64;

/** A name without letter case and the separators that people mix up. */
const foldKey = (name: string) => name.toLowerCase().replace(/[-_.]/g, '');

/** `.bak`, `-old`, `_20261125`, `~`: a copy that is kept aside on purpose. */
const isCopyOf = (name: string, key: string) =>
  name.toLowerCase().startsWith(key) && /^(?:[-_.]+[a-z0-9]|~)/i.test(name.slice(key.length));

/** An object can have hundreds of names to ask for, so those that are known are folded once. */
const folds = new Map<string, string>();

function knownFold(known: string): string {
  const fold = folds.get(known) ?? foldKey(known);
  folds.set(known, fold);
  return fold;
}

/** The known key that `name` is a kept copy of; the longest, as one begins with another. */
export function copiedKey(name: string): string | undefined {
  const folded = foldKey(name);
  if (KEY_NAMES.some((key) => knownFold(key) === folded)) return undefined;
  return KEY_NAMES.filter((key) => isCopyOf(name, key)).sort((a, b) => b.length - a.length)[0];
}

/**
 * The candidate of which `name` is a slip: it differs in letter case, `-`, `_`, `.` alone, or by at
 * most two edits. A copy that is kept aside is no slip.
 */
export function misspeltKey(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > MAX_LENGTH || copiedKey(name) !== undefined) return undefined;
  const folded = foldKey(name);
  const lower = name.toLowerCase();
  let best: string | undefined;
  let fewest = MAX_EDITS + 1;
  for (const key of candidates) {
    const edits = knownFold(key) === folded ? 0 : distance(key, lower);
    if (edits >= fewest) continue;
    best = key;
    fewest = edits;
  }
  return best;
}

/** The candidate whose last part `name` is: `conflist` of `10-terway.conflist`. */
export function abbreviatedKey(name: string, candidates: readonly string[]): string | undefined {
  const folded = foldKey(name);
  if (folded.length < 4) return undefined;
  return candidates.find((key) => knownFold(key).endsWith(folded));
}

/** Of equal ones the first counts. */
const foldedKeys = new Map([...KEY_NAMES].reverse().map((key) => [knownFold(key), key]));

/** The known key that a member of a document is called as. */
export const keyOfMember = (name: string): string | undefined => foldedKeys.get(foldKey(name));

/** Where a member belongs that stands as a key of the object, in words; undefined if unknown. */
export function homeOfMember(name: string): string | undefined {
  const folded = foldKey(name);
  const isNamed = (names: Iterable<string>) => [...names].some((one) => knownFold(one) === folded);
  if (isNamed(Object.keys(ENI_CONF_FIELDS))) return `a member of ${ENI_CONF_KEY}`;
  for (const [type, { fields, releasedWith }] of PLUGINS) {
    if (!isNamed(Object.keys(fields))) continue;
    return releasedWith === TERWAY
      ? `a member of the plugin entry "${type}" (${CONF_KEY}, and the first one of ${CONFLIST_KEY})`
      : `a member of the plugin "${type}", an entry of "plugins" in ${CONFLIST_KEY}`;
  }
  if (isNamed(PLUGINS.keys())) return `a plugin, an entry of "plugins" in ${CONFLIST_KEY}`;
  return folded === 'plugins' ? `a member of ${CONFLIST_KEY}` : undefined;
}

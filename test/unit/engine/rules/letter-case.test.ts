import fc from 'fast-check';
import t from 'tap';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import type { Write } from '../../../support/changes.ts';
import { assertProperty } from '../../../support/properties.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS } from './edits/index.ts';

/**
 * In a map letter case tells names apart (sysctls, tags), so that two members that were one are
 * mended by it; everything else that was refused stays refused.
 */
const isAboutMaps = (rules: readonly string[]) => rules.includes('json-duplicate');

const REFUSED = EDITS.filter(
  ({ change, deny }) =>
    // Of an overlay only the daemon reads members, and that by their exact names.
    change.overlay === undefined && change.new && deny.length > 0 && !isAboutMaps(deny),
);

/** `text` with the case of letters in member names flipped where `flips` says so, in turn. */
function flipNames(text: string, flips: readonly boolean[]): string {
  const places = readJson(text)
    .objects.flatMap(({ members }) => members.map(({ nameNode }) => nameNode))
    .sort((a, b) => a.offset - b.offset);
  let turn = 0;
  let flipped = text;
  for (const { offset, length } of places) {
    const name = Array.from(text.slice(offset, offset + length), (letter) => {
      turn += 1;
      return flips[turn % flips.length] ? flippedLetter(letter) : letter;
    });
    flipped = `${flipped.slice(0, offset)}${name.join('')}${flipped.slice(offset + length)}`;
  }
  return flipped;
}

/** Letters only: `\u0041` must stay an escape. */
function flippedLetter(letter: string): string {
  if (!/[a-z]/i.test(letter) || 'uU\\'.includes(letter)) return letter;
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

function withFlippedNames(change: Write, flips: readonly boolean[]): Write {
  if (!change.new) return change;
  const data = new Map(change.new.data);
  for (const key of [CONFLIST_KEY, ENI_CONF_KEY]) {
    const text = data.get(key);
    const isTouched = text !== undefined && text !== change.old?.data.get(key);
    if (isTouched) data.set(key, flipNames(text, flips));
  }
  return { ...change, new: { ...change.new, data } };
}

t.test('property: what was refused is not admitted in another letter case', (t) => {
  assertProperty(
    t,
    fc.property(
      fc.constantFrom(...REFUSED),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      ({ change, facts, policy }, flips) =>
        !verdictOn(withFlippedNames(change, flips), facts, policy).allowed,
    ),
    1500,
  );
  t.end();
});

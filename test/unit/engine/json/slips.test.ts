import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { applyEdits } from '../../../../src/engine/json/edit.ts';
import type { JsonProblem } from '../../../../src/engine/json/syntax-problem.ts';
import { BASE_VETH, VENDOR_CHAINS } from '../../../support/config-maps.ts';
import { anyStyle, printJson } from '../../../support/json-styles.ts';
import { jsonTokens } from '../../../support/json-tokens.ts';
import { assertProperty } from '../../../support/properties.ts';
import { MAKERS, type SlipMaker, type Slipped, replaced } from './slip-makers.ts';

/**
 * Slips of people's hands at random places of valid documents: each is called what it is, at its
 * place, nothing else is told, and its edits give the document back.
 */

// ---------------------------------------------------------------------------------------------
// Valid documents
// ---------------------------------------------------------------------------------------------

const name = fc.oneof(
  fc.constantFrom('type', 'plugins', 'capabilities', 'portMappings', 'snat', 'masqAll', 'sysctl'),
  fc.constantFrom('net.ipv4.tcp_syncookies', 'conditionsV4', 'a-b', '_x', 'mtu', 'ip6/x'),
);
const word = fc.constantFrom('terway', 'portmap', 'KUBE-MARK-MASQ', '10.0.0.0/8', 'a_b.c', 'x');
const scalar = fc.oneof(
  word,
  fc.constantFrom(
    'two words',
    'a, b',
    'key: value',
    '[1]',
    '{}',
    '#',
    '//',
    "it's",
    '',
    '\\ "',
    '&',
    '=',
    ';',
  ),
  fc.boolean(),
  fc.integer({ min: -99, max: 2000 }),
  fc.constantFrom(0, 1.5, 1e21, null),
);
const value = fc.letrec<{ any: unknown; list: unknown[]; object: Record<string, unknown> }>(
  (tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }),
    object: fc.dictionary(name, tie('any'), { maxKeys: 4 }),
  }),
);

const documentText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.dictionary(name, value.any, { minKeys: 1, maxKeys: 4 }), anyStyle)
      .map(([root, style]) => printJson(root, style)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...Object.values(VENDOR_CHAINS), BASE_VETH['10-terway.conf']!),
  },
);

// ---------------------------------------------------------------------------------------------
// One slip
// ---------------------------------------------------------------------------------------------

/** Whether the text has so many lines that a slip of every line shows. */
const hasLines = (text: string) => text.trim().includes('\n');
const NEEDS_LINES = new Set(['line numbers']);

const editsOf = (problems: readonly JsonProblem[]) =>
  problems
    .flatMap(({ edits }) => edits ?? [])
    .sort((a, b) => a.offset - b.offset || a.length - b.length);

function verdictOn({ kind }: SlipMaker, { text, at, meant }: Slipped, original: string): string {
  const { problems } = readJson(text);
  const [problem] = problems;
  if (!problem) return 'taken for valid';
  const told = problems.map((one) => `${one.slip} at ${one.at.offset}`).join(', ');
  if (told !== `${kind} at ${at}`) return `told: ${told}; wanted: ${kind} at ${at}`;
  if (!problem.edits) return 'no edits';
  const mended = applyEdits(text, editsOf(problems));
  const left = readJson(mended).problems;
  if (left.length > 0) return `the edits leave: ${left[0]!.message}: ${JSON.stringify(mended)}`;
  if (!isDeepStrictEqual(JSON.parse(mended), JSON.parse(meant ?? original)))
    return `lost: ${mended}`;
  const { paste } = problem;
  if (paste === undefined) return '';
  const pasted = replaced(text, { start: at, end: at + problem.at.length }, paste);
  return pasted === mended ? '' : `pasted: ${pasted}; mended: ${mended}`;
}

for (const [label, maker] of Object.entries(MAKERS)) {
  t.test(`property: ${label}`, (t) => {
    assertProperty(
      t,
      fc.property(documentText, fc.nat(), (text, choice) => {
        // Documents without a place for it do not count as cases.
        fc.pre(!NEEDS_LINES.has(label) || hasLines(text));
        const places = maker.make(text, jsonTokens(text));
        const slipped = places[choice % places.length];
        fc.pre(slipped !== undefined);
        const fault = verdictOn(maker, slipped, text);
        if (fault !== '') throw new Error(`${fault}\n${slipped.text}`);
      }),
      150,
    );
    t.end();
  });
}

// ---------------------------------------------------------------------------------------------
// Two slips
// ---------------------------------------------------------------------------------------------

/** Slips that leave everything around them readable. */
const INDEPENDENT = [
  'a trailing comma',
  'a missing comma',
  'a double comma',
  'a missing colon',
  'an equals sign',
  'a semicolon',
  'a full-width colon',
  'single quotes',
  'smart quotes',
  'an unquoted name',
  'an unquoted text',
  'a tab in a string',
  'a lone backslash',
  'True',
  'a plus sign',
  'a non-breaking space',
  'a comment',
  'an HTML tag',
];

/** What a slip changes: the text from `start` to `end` becomes `by`. */
function changeOf(before: string, after: string): { start: number; end: number; by: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - start &&
    before.at(-1 - tail) === after.at(-1 - tail)
  ) {
    tail += 1;
  }
  return { start, end: before.length - tail, by: after.slice(start, after.length - tail) };
}

t.test('property: of two slips in different lines, both are told and mended', (t) => {
  let tried = 0;
  assertProperty(
    t,
    fc.property(
      fc.constantFrom(...Object.values(VENDOR_CHAINS), BASE_VETH['10-terway.conf']!),
      fc.shuffledSubarray(INDEPENDENT, { minLength: 2, maxLength: 2 }),
      fc.nat(),
      fc.nat(),
      (text, [one, other], choice, otherChoice) => {
        const tokens = jsonTokens(text);
        const [first, second] = [MAKERS[one!]!, MAKERS[other!]!].map((maker, index) => {
          const places = maker.make(text, tokens);
          const slipped = places[(index === 0 ? choice : otherChoice) % places.length];
          return slipped && { kind: maker.kind, slipped, change: changeOf(text, slipped.text) };
        });
        if (!first || !second) return;
        const [upper, lower] =
          first.change.start < second.change.start ? [first, second] : [second, first];
        if (!text.slice(upper.change.end, lower.change.start).includes('\n')) return;
        tried += 1;
        const broken = replaced(
          replaced(text, lower.change, lower.change.by),
          upper.change,
          upper.change.by,
        );
        const shift = upper.change.by.length - (upper.change.end - upper.change.start);
        const { problems } = readJson(broken);
        const told = problems.map((problem) => `${problem.slip} at ${problem.at.offset}`);
        const wanted = [
          `${upper.kind} at ${upper.slipped.at}`,
          `${lower.kind} at ${lower.slipped.at + shift}`,
        ];
        if (!isDeepStrictEqual(told, wanted)) {
          throw new Error(`told: ${told.join()}; wanted: ${wanted.join()}\n${broken}`);
        }
        // One edit alone mends one of them, and nothing else is told then.
        const [left] = readJson(applyEdits(broken, problems[0]!.edits ?? [])).problems;
        if (left?.slip !== lower.kind) throw new Error(`left: ${left?.slip}\n${broken}`);
        const mended = applyEdits(broken, editsOf(problems));
        if (readJson(mended).problems.length > 0) throw new Error(`not mended: ${mended}`);
      },
    ),
    2000,
  );
  t.not(tried, 0, 'some documents have places for two');
  t.end();
});

import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { type TextEdit, applyEdits } from '../../../../src/engine/json/edit.ts';
import { excerptAt, positionAt } from '../../../../src/engine/json/position.ts';
import { MAX_EXPLAINED } from '../../../../src/engine/json/syntax-errors.ts';
import type { JsonProblem } from '../../../../src/engine/json/syntax-problem.ts';
import { assertProperty } from '../../../support/properties.ts';
import { CHAIN, MENDABLE, OTHERS } from './slip-samples.ts';

/**
 * What people are told of each slip, for review by eye: syntax-errors.txt. UPDATE_GOLDEN=1 writes
 * it anew.
 */
const GOLDEN = new URL('syntax-errors.txt', import.meta.url);

const SAMPLES = Object.entries({ ...MENDABLE, ...OTHERS });

const editsOf = (problems: readonly JsonProblem[]) =>
  problems
    .flatMap(({ edits }) => edits ?? [])
    .sort((a, b) => a.offset - b.offset || a.length - b.length);

const SHOWN_EDITS = 8;

/** What is taken away and what is put in its place; of many the first, and how many there are. */
function editsText(text: string, edits: readonly TextEdit[]): string {
  const shown = edits.slice(0, SHOWN_EDITS).map(({ offset, length, text: written }) => {
    const { line, column } = positionAt(text, offset);
    const taken = JSON.stringify(text.slice(offset, offset + length).slice(0, 60));
    return `${line}:${column} ${taken} -> ${JSON.stringify(written)}`;
  });
  return [...shown, ...(edits.length > SHOWN_EDITS ? [`${edits.length} in all`] : [])].join(', ');
}

function described(text: string, { slip, message, fix, paste, edits, at }: JsonProblem): string {
  const { line, column, source, carets } = excerptAt(text, at);
  return [
    `* ${line}:${column} [${slip}] ${message}`,
    `    ${source}`,
    `    ${carets}`,
    `  fix: ${paste === undefined ? fix : `${paste}   or: ${fix}`}`,
    `  edits: ${edits ? editsText(text, edits) : 'none'}`,
  ].join('\n');
}

t.test('every slip is told as it was reviewed', (t) => {
  const told = SAMPLES.map(
    ([name, text]) =>
      `== ${name}\n${readJson(text)
        .problems.map((problem) => described(text, problem))
        .join('\n')}\n`,
  ).join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, told);
  t.equal(readFileSync(GOLDEN, 'utf8'), told);
  t.end();
});

t.test('the edits of all problems give the chain back', (t) => {
  for (const [name, text] of Object.entries(MENDABLE)) {
    const { problems } = readJson(text);
    t.ok(
      problems.every(({ edits }) => edits),
      `${name}: each has edits`,
    );
    const mended = applyEdits(text, editsOf(problems));
    t.same(readJson(mended).problems, [], `${name}: nothing is left`);
    t.same(JSON.parse(mended), JSON.parse(CHAIN), `${name}: nothing is lost`);
  }
  t.end();
});

t.test('words are plain, say what to do, and quote nothing of the text', (t) => {
  for (const [name, text] of SAMPLES) {
    for (const { message, fix, slip } of readJson(text).problems) {
      t.match(`${message}${fix}`, /^[\x20-\x7e]+$/, name);
      t.notMatch(`${message}${fix}`, /terway|portmap|snat|KUBE/i, `${name}: nothing is quoted`);
      t.notMatch(fix, /correct th/, name);
      t.ok(slip, name);
    }
  }
  t.end();
});

t.test('slips that have nothing to do with each other are all told', (t) => {
  const text = ['{', '  "a": 1', '  "b": "x\ty",', '  "c": [1, 2,],', "  'd': 1,", '}'].join('\n');
  t.same(
    readJson(text).problems.map(({ slip, at }) => {
      const { line, column } = positionAt(text, at.offset);
      return `${line}:${column} ${slip}`;
    }),
    [
      '2:9 missing-comma',
      '3:10 control-character',
      '4:13 trailing-comma',
      '5:3 single-quotes',
      '5:9 trailing-comma',
    ],
  );
  t.end();
});

t.test('of a habit, five lines are named at most', (t) => {
  const [problem] = readJson(`{\n${"'a': 1,\n".repeat(9)}"b": 1}`).problems;
  t.match(problem?.message, /\(the same in lines 3, 4, 5, 6, 7 and 3 more\)$/);
  t.match(readJson("{'a': 'b'}").problems[0]?.message, /\(the same further on in this line\)$/);
  t.match(readJson("{'a': 1,\n'b': 1}").problems[0]?.message, /\(the same in line 2\)$/);
  t.end();
});

t.test('no more than 20 errors are told', (t) => {
  t.equal(readJson(`[\n${'1\n'.repeat(500)}]`).problems.length, 20);
  t.equal(readJson(`[${'1 '.repeat(500)}]`).problems.length, 20);
  t.end();
});

t.test('a text with more slips than are looked for gets no edits', (t) => {
  const { problems } = readJson(`[${"'a',".repeat(3000)} 1]`);
  t.same(
    problems.map(({ slip, edits }) => [slip, edits]),
    [['single-quotes', undefined]],
  );
  t.end();
});

t.test(
  'of a text that is too long to be explained only the place of its first error is told',
  (t) => {
    const told = (length: number) => readJson(`[1 1${' '.repeat(length - 5)}]`).problems;
    t.match(told(MAX_EXPLAINED), [{ slip: 'missing-comma', at: { offset: 2 } }]);
    t.strictSame(told(MAX_EXPLAINED + 1), [
      {
        kind: 'syntax',
        slip: 'unexpected-token',
        message:
          'unexpected token: this is not valid JSON; a text of more than 65536 characters is read up to its first error only',
        fix: 'write one "name": value for each member, with commas between them',
        at: { offset: 3, length: 1 },
      },
    ]);
    t.end();
  },
);

t.test('a habit of more edits than are made keeps its words', (t) => {
  const path = JSON.stringify('C:\\a\\b\\c\\d\\e\\f').replaceAll('\\\\', '\\');
  const list = (length: number) => `[${Array<string>(length).fill(path).join()}]`;
  const told = (text: string) =>
    readJson(text).problems.map(({ slip, edits }) => [slip, edits?.length]);
  t.same(told(list(2)), [['invalid-escape', 12]]);
  t.same(told(list(900)), [['invalid-escape', undefined]]);
  t.end();
});

t.test('marks of lines are not looked for in a text of very many lines', (t) => {
  const slips = (text: string) => readJson(text).problems.map(({ slip }) => slip);
  for (const [kind, marked] of [
    ['quoted-line', (lines: number) => `> {\n${'> \n'.repeat(lines)}> }\n`],
    ['code-fence', (lines: number) => `\`\`\`\n${'\n'.repeat(lines)}{}\n\`\`\`\n`],
  ] as const) {
    t.ok(slips(marked(100)).includes(kind));
    t.notOk(slips(marked(6000)).includes(kind));
  }
  t.ok(slips('```\n{}\n'.repeat(10)).includes('code-fence'));
  t.notOk(slips('```\n{}\n'.repeat(21)).includes('code-fence'), 'nor more than 20 fences');
  t.end();
});

t.test('YAML is converted where it means the same for sure', (t) => {
  const told = (text: string) =>
    readJson(text).problems.map(({ slip, edits }) => `${slip}${edits ? ', converted' : ''}`);
  t.same(told('a: 1\nb: [yes, "1"]\n'), ['yaml, converted']);
  t.same(told('# mine\n---\na:\n- b\n'), ['yaml, converted']);
  t.same(told('plugins:\n- type: a\n   b: c\n'), ['yaml'], 'with slips of its own');
  t.same(told('a: .inf\n'), ['yaml'], 'an infinite number');
  t.same(told('a: &x [1]\nb: *x\nc: *x\n'), ['yaml'], 'aliases');
  t.same(told('- a: b\n'.repeat(3000)), ['yaml'], 'more than is parsed');
  t.same(told(`${'- '.repeat(3000)}a\n`), ['yaml'], 'deeper than JSON is read');
  t.end();
});

t.test('a string with more bad characters than can be edited is told of, and not edited', (t) => {
  const bad = (part: string) => readJson(`{"a": "${part.repeat(5001)}"}`).problems;
  for (const [part, fix] of [
    [String.raw`\x41`, /^write \\u00 instead/],
    [String.raw`C:\Q`, /write each backslash as two/],
    [String.raw`\'`, /^write ' without/],
    [String.raw`\x41\'`, /write each backslash as two/],
    [String.raw`\x41\u00`, /^write four hexadecimal digits/],
  ] as const) {
    const [problem, ...others] = bad(part);
    t.match(problem, { slip: 'invalid-escape', fix });
    t.equal(problem?.edits, undefined, part);
    t.same(others, []);
  }
  t.match(bad('\t'), [{ slip: 'control-character', fix: /^write \\t instead/, edits: undefined }]);
  t.end();
});

t.test('a bracket too many is left to the writer where two could be meant', (t) => {
  const told = (text: string) =>
    readJson(text).problems.map(({ slip, fix, edits }) => [slip, fix, edits !== undefined]);
  t.same(told('{"a": {"b": {"c": 1}, "d": 2}}, "e": 3}'), [
    ['extra-bracket', 'remove this }', true],
  ]);
  t.same(told('{"plugins": {"type": "terway"}]}'), [
    [
      'extra-bracket',
      'remove this ]; or, if a list is meant, put [ before the { of line 1, column 13',
      false,
    ],
  ]);
  t.same(told('[{"a": 1, "b": 2}, "a": 3}]'), [
    [
      'missing-opening-bracket',
      'put { here if a new element begins; if the member belongs to the element before it, remove the } that closes that one too early',
      false,
    ],
  ]);
  t.end();
});

t.test('words without quotes may hold what JSON uses as marks', (t) => {
  const pasteOf = (text: string) => readJson(text).problems.map(({ paste }) => paste);
  t.same(pasteOf('{"a": http://b/c?d=e}'), ['"http://b/c?d=e"']);
  t.same(pasteOf('{"a": fd00::1/64}'), ['"fd00::1/64"']);
  t.same(pasteOf('{"a": b${C}d}'), ['"b${C}d"']);
  t.same(pasteOf('{"a": one two // three\n}'), ['"one two"', undefined]);
  t.end();
});

// ---------------------------------------------------------------------------------------------

/** Heaps of JSON's tokens and of people's. */
const heap = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', ',', ':', '"a"', '"b":', '1', 'true', '"', "'", '`', '\\'],
      ...[
        '\n',
        ' ',
        '\t',
        '\r',
        '\0',
        '\u00a0',
        '\u200b',
        '\ufeff',
        '\u201c',
        '\u201d',
        '\uff0c',
        '\uff1a',
      ],
      ...[
        '//',
        '/*',
        '*/',
        '#',
        '...',
        '{{',
        '}}',
        '<',
        '>',
        '<br>',
        '&quot;',
        '&',
        ';',
        '=',
        '=>',
        '-',
        '+',
      ],
      ...[
        'yes',
        'True',
        'NaN',
        '014',
        '.5',
        '1e',
        'x',
        'a b',
        '\\"',
        '\\n',
        '""',
        '```',
        '<<<<<<<',
        '$X',
        '|\n',
      ],
    ),
    { maxLength: 30 },
  )
  .map((tokens) => tokens.join(''));

/** The chain with some characters gone and others put in, at up to three places. */
const brokenChain = fc
  .array(
    fc.tuple(
      fc.nat(CHAIN.length),
      fc.nat(3),
      heap.map((text) => text.slice(0, 3)),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((slips) =>
    slips.reduce(
      (text, [at, length, added]) => text.slice(0, at) + added + text.slice(at + length),
      CHAIN,
    ),
  );

const anyText = fc.oneof(heap, brokenChain, fc.string({ unit: 'binary' }));

t.test('property: where every problem has edits, all of them make JSON of the text', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const { problems } = readJson(text);
      if (problems.length === 20 || problems.some(({ edits }) => !edits)) return true;
      return readJson(applyEdits(text, editsOf(problems))).problems.every(
        ({ kind }) => kind === 'number',
      );
    }),
    5000,
  );
  t.end();
});

t.test('property: edits can all be made at once, and stand inside the text', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const { problems } = readJson(text);
      applyEdits(text, editsOf(problems));
      return problems.every(({ edits = [] }) =>
        edits.every(({ offset, length }) => offset >= 0 && offset + length <= text.length),
      );
    }),
    5000,
  );
  t.end();
});

/** Any character taken out of the chain, or one of JSON's marks put in at any place. */
const oneSlip = fc
  .tuple(fc.nat(CHAIN.length - 1), fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', "'"))
  .map(([at, added]) => CHAIN.slice(0, at) + added + CHAIN.slice(added === '' ? at + 1 : at));

t.test('property: one character too many or too few is one problem', (t) => {
  assertProperty(
    t,
    fc.property(oneSlip, (text) => readJson(text).problems.length <= 1),
    3000,
  );
  t.end();
});

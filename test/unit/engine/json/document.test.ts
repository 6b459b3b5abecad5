import fc from 'fast-check';
import t from 'tap';
import { describeType, pathOf, valueOf } from '../../../../src/engine/json/node.ts';
import { MAX_TEXT_LENGTH, readJson } from '../../../../src/engine/json/document.ts';
import { MAX_DEPTH } from '../../../../src/engine/json/reader.ts';
import { MAX_VALUES } from '../../../../src/engine/json/syntax-problem.ts';
import { createDocumentReader } from '../../../../src/engine/json/document-reader.ts';
import { positionAt } from '../../../../src/engine/json/position.ts';
import { unicodeText } from '../../../support/arbitraries.ts';
import { assertProperty } from '../../../support/properties.ts';

/** The problems of a text as `line:column message`, with ` (remedy)` where there is one. */
function problemsOf(text: string): string[] {
  return readJson(text).problems.map(({ at, message, fix }) => {
    const { line, column } = positionAt(text, at.offset);
    return `${line}:${column} ${message}${fix === undefined ? '' : ` (${fix})`}`;
  });
}

const rootOf = (text: string) => readJson(text).root!;

t.test('a number beyond float64 is a problem', (t) => {
  const message = 'this number is too large for Terway to read (beyond 1.8e308)';
  t.same(problemsOf('{"a": 1e400}'), [`1:7 ${message}`]);
  t.same(problemsOf('[-1e400]'), [`1:2 ${message}`]);
  t.end();
});

t.test('no more than 20 numbers are told', (t) => {
  t.equal(problemsOf(`[${'1e400, '.repeat(500)}1]`).length, 20);
  t.end();
});

t.test('a text with a syntax problem has no root; one with a number too large has', (t) => {
  t.equal(readJson('{"a": 1,}').root, undefined);
  t.equal(readJson('{"a": 1e400}').root?.type, 'object');
  t.same(
    readJson('{"a": 1e400}').problems.map(({ kind }) => kind),
    ['number'],
  );
  t.end();
});

/** The outermost object, which is listed first. */
const objectOf = (text: string) => readJson(text).objects[0]!;

t.test('white space of JSON is accepted, whatever the line ends', (t) => {
  for (const text of ['{"a": [1, 2]}', ' \t{"a":\r\n[1,\n2] }\r\n', '\n\n0\n', '"\ud83d\ude00"']) {
    t.same(problemsOf(text), [], JSON.stringify(text));
  }
  t.end();
});

t.test('nesting: 256 levels are read, one more is a problem at its bracket', (t) => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  t.equal(MAX_DEPTH, 256);
  t.same(problemsOf(nested(256)), []);
  t.same(problemsOf(nested(257)), ['1:257 nested more than 256 levels deep']);
  t.same(problemsOf(`{"a": ${nested(255)}}`), []);
  t.same(problemsOf(`{"a": ${nested(256)}}`), ['1:262 nested more than 256 levels deep']);
  t.same(problemsOf(`[${'[],'.repeat(1000)}1]`), [], 'brackets beside each other do not count');
  t.end();
});

t.test('values: as many are read as is said, one more is a problem where it stands', (t) => {
  const list = (values: number) =>
    `[${Array(values - 1)
      .fill('0')
      .join(',')}]`;
  t.equal(readJson(list(MAX_VALUES)).root?.type, 'array');
  const message =
    'the text has more than 3000 values; the guard reads no more, and no configuration of Terway needs as many';
  t.same(problemsOf(list(MAX_VALUES + 1)), [`1:${2 * MAX_VALUES} ${message}`]);
  t.equal(readJson(list(MAX_VALUES + 1)).root, undefined);
  t.same(problemsOf(`${list(MAX_VALUES + 1)} and what is no JSON`).length, 1, 'nothing behind');
  t.end();
});

t.test('100 000 levels are one problem', (t) => {
  const deep = 100_000;
  const texts: [name: string, text: string][] = [
    ['lists', `${'['.repeat(deep)}${']'.repeat(deep)}`],
    ['objects', `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`],
    ['never closed', '['.repeat(deep)],
    ['after a string with a quote in it', `["\\"", ${'['.repeat(deep)}`],
  ];
  for (const [name, text] of texts) {
    const { root, problems } = readJson(text);
    t.equal(root, undefined, name);
    t.same(
      problems.map(({ kind }) => kind),
      ['depth'],
      name,
    );
  }
  t.end();
});

t.test('deep nesting that hides behind a slip is no reason to throw', (t) => {
  const deep = 20_000;
  const texts: [name: string, text: string][] = [
    ['a quote in a block comment', `/*"*/${'['.repeat(deep)}`],
    ['a quote in a line comment', `//"\r${'['.repeat(deep)}`],
    ['a carriage return in a string', `["\r${'['.repeat(deep)}`],
    ['a string that does not close on its line', `["abc\n${'['.repeat(deep)}`],
    ['brackets closed by braces', '[},'.repeat(deep)],
    ['closing brackets up front', `{${']'.repeat(deep)},"a":${'['.repeat(deep)}`],
  ];
  for (const [name, text] of texts) {
    t.doesNotThrow(() => {
      t.not(readJson(text).problems.length, 0, `${name}: has problems`);
    }, name);
  }
  t.end();
});

t.test('brackets inside strings are no nesting', (t) => {
  const brackets = '[{'.repeat(100_000);
  t.same(problemsOf(`{"a": "${brackets}"}`), []);
  t.same(problemsOf(`{"${brackets}": 1}`), []);
  t.same(problemsOf(`{"a": "\\"${brackets}\\\\"}`), [], 'escaped quotes do not end a string');
  t.end();
});

t.test('a text beyond 1 MiB is one problem, whatever it holds', (t) => {
  const fits = `"${'a'.repeat(MAX_TEXT_LENGTH - 2)}"`;
  t.same(problemsOf(fits), []);
  for (const text of [`${fits} `, '['.repeat(MAX_TEXT_LENGTH + 1), '"'.repeat(2_000_000)]) {
    t.same(
      readJson(text).problems.map(({ kind }) => kind),
      ['size'],
    );
  }
  t.end();
});

t.test('duplicate members are all kept, in order; of a plain value the last counts', (t) => {
  const root = objectOf('{"a": 1, "b": 2, "a": 3}');
  t.same(
    root.members.map(({ name, value }) => [name, value.value]),
    [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ],
  );
  t.same({ ...(valueOf(root) as object) }, { a: 3, b: 2 });
  t.end();
});

t.test('__proto__ and constructor are members like any other', (t) => {
  const root = objectOf('{"__proto__": {"polluted": true}, "constructor": 1}');
  t.same(
    root.members.map(({ name }) => name),
    ['__proto__', 'constructor'],
  );
  const value = valueOf(root) as Record<string, unknown>;
  t.same(Object.keys(value), ['__proto__', 'constructor']);
  t.equal(Object.getPrototypeOf(value), null);
  t.equal((value as { polluted?: unknown }).polluted, undefined);
  t.equal(({} as { polluted?: unknown }).polluted, undefined);
  t.end();
});

t.test('every object of a document is listed, from the outside in and from the top', (t) => {
  const { objects } = readJson('{"a": [{"b": {"c": 1}}, [[]], {}], "d": 2}');
  t.same(
    objects.map((node) => pathOf(node)),
    [[], ['a', 0], ['a', 0, 'b'], ['a', 2]],
  );
  t.same(readJson('[1, "a"]').objects, []);
  t.same(readJson('{"a": 1,}').objects, [], 'none in a text that is not JSON');
  t.end();
});

t.test('a value knows its place in the text and in the document', (t) => {
  const text = '{"plugins": [{"type": "terway"}, {"capabilities": {"a.b": true}}]}';
  const [, terway, other, inner] = readJson(text).objects;
  const [plugins] = objectOf(text).members;
  const [capabilities] = other!.members;
  const [ab] = inner!.members;
  const places: [node: { offset: number; length: number }, source: string][] = [
    [rootOf(text), text],
    [plugins!.nameNode, '"plugins"'],
    [terway!, '{"type": "terway"}'],
    [capabilities!.nameNode, '"capabilities"'],
    [capabilities!.value, '{"a.b": true}'],
    [ab!.value, 'true'],
  ];
  for (const [{ offset, length }, source] of places) {
    t.equal(text.slice(offset, offset + length), source);
  }
  t.same(pathOf(rootOf(text)), []);
  t.same(pathOf(terway!), ['plugins', 0]);
  t.same(pathOf(ab!.value), ['plugins', 1, 'capabilities', 'a.b']);
  t.end();
});

t.test('a JSON type in words', (t) => {
  const words: [text: string, words: string][] = [
    ['"a"', 'text'],
    ['true', 'true or false'],
    ['[]', 'a list'],
    ['{}', 'an object'],
    ['1', 'a number'],
    ['null', 'null'],
  ];
  for (const [text, expected] of words) t.equal(describeType(rootOf(text)), expected, text);
  t.end();
});

/** Texts of all kinds: noise, JSON, JSON with a slip, heaps of JSON's own tokens. */
const anyText = fc.oneof(
  unicodeText(),
  fc.json(),
  fc
    .tuple(fc.json(), fc.nat(), fc.nat(), unicodeText({ maxLength: 2 }))
    .map(([text, start, length, insert]) => {
      const at = start % (text.length + 1);
      return text.slice(0, at) + insert + text.slice(at + (length % 3));
    }),
  fc
    .array(
      fc.constantFrom(
        ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"b":', "'", '\\', '\\u00', '/', '/*', '*/'],
        ...[
          '//',
          ' ',
          '\t',
          '\n',
          '\r',
          '\0',
          '\u00a0',
          '\ufeff',
          '\u2028',
          '\ud800',
          '\ud83d\ude00',
        ],
        ...['0', '-', '1', '1.', '.5', '1e400', '-1e400', 'e5', 'true', 'false', 'null', 'NaN'],
      ),
      { maxLength: 40 },
    )
    .map((tokens) => tokens.join('')),
  fc
    .tuple(fc.integer({ min: 250, max: 262 }), fc.integer({ min: 250, max: 262 }))
    .map(([opened, closed]) => '['.repeat(opened) + ']'.repeat(closed)),
);

/** What Go reads of what JSON.parse reads: numbers must be finite, nesting within reason. */
function isReadable(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  const outsideStrings = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const numbers = outsideStrings.match(/-?\d[\d.eE+-]*/g) ?? [];
  let depth = 0;
  let deepest = 0;
  for (const character of outsideStrings) {
    if ('[{'.includes(character)) depth += 1;
    if (']}'.includes(character)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest <= MAX_DEPTH && numbers.every((number) => Number.isFinite(Number(number)));
}

t.test('property: as strict as JSON.parse, but for depth and numbers', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => (readJson(text).problems.length === 0) === isReadable(text)),
    5000,
  );
  t.end();
});

t.test('property: what is read is what JSON.parse reads', (t) => {
  assertProperty(
    t,
    fc.property(
      fc.json({ maxDepth: 10 }),
      (text) => JSON.stringify(valueOf(rootOf(text))) === JSON.stringify(JSON.parse(text)),
    ),
    1000,
  );
  t.end();
});

t.test('property: problems stand inside the text and in its order', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const offsets = readJson(text).problems.map(({ at }) => at.offset);
      const inside = offsets.every((offset) => offset >= 0 && offset <= text.length);
      const ordered = offsets.every((offset, index) => offset >= (offsets[index - 1] ?? -1));
      const lines = text.split('\n').length;
      return inside && ordered && offsets.every((offset) => positionAt(text, offset).line <= lines);
    }),
    5000,
  );
  t.end();
});

t.test('a reader reads each text once, and other texts anew', (t) => {
  const read = createDocumentReader();
  const document = read('{"a": 1}');
  t.same(document, readJson('{"a": 1}'));
  t.equal(read('{"a": 1}'), document);
  t.not(read('{"a": 2}'), document);
  t.not(createDocumentReader()('{"a": 1}'), document);
  t.end();
});

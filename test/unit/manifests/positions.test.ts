import fc from 'fast-check';
import t from 'tap';
import { Document, Scalar, parseDocument, stringify } from 'yaml';
import { positionAt } from '../../../src/engine/json/position.ts';
import { type KeyText, readManifests } from '../../../src/manifests/read.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import { anyStyle, printJson } from '../../support/json-styles.ts';
import { assertProperty } from '../../support/properties.ts';

const KEY = '10-terway.conflist';

/** A manifest around a value that is written out already. */
const manifest = (value: string) =>
  `kind: ConfigMap\nmetadata: {name: eni-config}\ndata:\n  ${KEY}: ${value}\n`;

function only(text: string): { text: string; place: KeyText } {
  const { objects } = readManifests({ name: 'a.yaml', text });
  const object = objects[0]!;
  return { text: object.configMap.data.get(KEY)!, place: object.texts.get(KEY)! };
}

/** What stands in the file for each character of the text that is no white space. */
function assertPlaces(file: string): void {
  const { text, place } = only(file);
  if (!place.map) throw new Error(`not understood: ${JSON.stringify(file)}`);
  let last = -1;
  for (let offset = 0; offset < text.length; offset += 1) {
    const at = place.map.offsetOf(offset);
    if (at < last) throw new Error(`goes back at ${offset}`);
    last = at;
    const character = text.charAt(offset);
    if (/\s/.test(character)) continue;
    const there = file.slice(at, at + 10);
    const isThere = there.startsWith(character) || there.startsWith('\\');
    if (!isThere) throw new Error(`${character} stands at ${JSON.stringify(there)}`);
    const { length } = place.map.rangeOf({ offset, length: 1 });
    if (length < 1 || length > 10) throw new Error(`${length} characters for one`);
  }
  const { offset, length } = place.range;
  const end = place.map.offsetOf(text.length);
  if (end < offset || end > offset + length) throw new Error('ends outside of the scalar');
}

t.test('each style of YAML: where a character of the text stands in the file', async (t) => {
  const styles: [name: string, value: string, text: string, line: number, column: number][] = [
    ['literal', '|\n    {\n      "x": 1}', '{\n  "x": 1}\n', 6, 8],
    ['literal, stripped', '|-\n    {\n      "x": 1}', '{\n  "x": 1}', 6, 8],
    ['literal, kept', '|+\n    "x"\n\n', '"x"\n\n\n', 5, 6],
    ['literal with an indicator', '|2-\n      "x"', '  "x"', 5, 8],
    ['literal with a comment', '| # note\n    "x"', '"x"\n', 5, 6],
    ['literal, Windows line ends', '|\r\n    a\r\n    "x"\r', 'a\n"x"\n', 6, 6],
    ['literal with empty lines', '|\n\n    a\n\n    "x"', '\na\n\n"x"\n', 8, 6],
    ['folded', '>\n    a\n    b\n\n      "x"\n    c', 'a b\n\n  "x"\nc\n', 8, 8],
    ['folded, stripped', '>-\n    a\n    "x"', 'a "x"', 6, 6],
    ['double quoted', '"{\\n\\t\\"x\\"}"', '{\n\t"x"}', 4, 31],
    ['double quoted, folded', '"{\n    \\"x\\": \\\n    1}"', '{ "x": 1}', 5, 7],
    ['double quoted, code points', '"\\u00e9\\U0001F600\\"x\\""', 'é\u{1f600}"x"', 4, 42],
    ['single quoted', `'it''s "x"'`, 'it\'s "x"', 4, 31],
    ['single quoted, folded', `'a\n\n\n    "x"'`, 'a\n\n"x"', 7, 6],
    ['plain', 'a "x"', 'a "x"', 4, 26],
    ['plain, folded', 'a\n    b "x"', 'a b "x"', 5, 8],
    ['anchored and tagged', '&a !!str "\\"x\\""', '"x"', 4, 35],
  ];
  for (const [name, value, expected, line, column] of styles) {
    const file = manifest(value);
    const { text, place } = only(file);
    t.equal(text, expected, name);
    t.ok(place.map, `${name}: understood`);
    const at = place.map?.offsetOf(text.indexOf('x'));
    t.same(positionAt(file, at!), { line, column }, name);
    assertPlaces(file);
  }
});

t.test('JSON manifests, tabs and escapes', async (t) => {
  const file =
    '{\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "eni-config"},\n\t"data": {"10-terway.conflist": "\\/\\ud83d\\ude00{\\"x"}}';
  const { text, place } = only(file);
  t.equal(text, '/\u{1f600}{"x');
  t.same(positionAt(file, place.map!.offsetOf(text.indexOf('x'))), { line: 4, column: 51 });
});

const anyText = fc.oneof(
  fc.tuple(fc.json(), anyStyle).map(([json, style]) => printJson(JSON.parse(json), style)),
  fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\t', '"', "'", '\\', '{', ':', '#', 'é', '\u{1f600}'),
  }),
  unicodeText(),
);

t.test('any text in any style, at any indentation', async (t) => {
  const types = [
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED,
    Scalar.QUOTE_DOUBLE,
    Scalar.QUOTE_SINGLE,
    Scalar.PLAIN,
  ] as const;
  let tried = 0;
  let used = 0;
  assertProperty(
    t,
    fc.property(
      anyText,
      fc.constantFrom(...types),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0, 20, 80),
      (text, type, indent, lineWidth) => {
        tried += 1;
        const scalar = new Scalar(text);
        scalar.type = type;
        const document = new Document({ kind: 'ConfigMap', metadata: { name: 'eni-config' } });
        document.setIn(['data'], document.createNode({}));
        document.setIn(['data', KEY], scalar);
        const file = stringify(document, { indent, lineWidth });
        if (type === Scalar.PLAIN && /^(y|yes|on|n|no|off)$/i.test(text)) return;
        // The writer of the yaml package gets a few odd texts wrong.
        const read = parseDocument(file, { logLevel: 'silent' });
        if (read.errors.length > 0 || read.getIn(['data', KEY]) !== text) return;
        used += 1;
        assertPlaces(file);
      },
    ),
    3000,
  );
  t.ok(used > tried * 0.8, `${used} of ${tried} texts`);
});

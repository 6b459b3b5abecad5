import fc from 'fast-check';
import t from 'tap';
import {
  count,
  listed,
  printable,
  quoted,
  shortened,
  sourceText,
  wrap,
} from '../../../../src/engine/text/text.ts';
import { unicodeText } from '../../../support/arbitraries.ts';
import { assertProperty } from '../../../support/properties.ts';

/** What may break an editor, a terminal or a YAML comment. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\ufeff]/u;

const anyText = unicodeText();

t.test('printable writes unsafe characters as JSON escapes', (t) => {
  const characters: [name: string, text: string, shown: string][] = [
    ['NUL', 'a\0b', 'a\\u0000b'],
    ['BEL', 'a\u0007b', 'a\\u0007b'],
    ['tab', 'a\tb', 'a\\u0009b'],
    ['line feed', 'a\nb', 'a\\u000ab'],
    ['carriage return', 'a\rb', 'a\\u000db'],
    ['ESC', '\u001b[31mred', '\\u001b[31mred'],
    ['DEL', 'a\u007fb', 'a\\u007fb'],
    ['next line', 'a\u0085b', 'a\\u0085b'],
    ['C1 control', 'a\u009bb', 'a\\u009bb'],
    ['zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['line separator', 'a\u2028b', 'a\\u2028b'],
    ['paragraph separator', 'a\u2029b', 'a\\u2029b'],
    ['right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['direction isolate', 'a\u2066b', 'a\\u2066b'],
    ['byte-order mark', 'a\ufeffb', 'a\\ufeffb'],
    ['lone high surrogate', 'a\ud83db', 'a\\ud83db'],
    ['lone low surrogate', 'a\ude00b', 'a\\ude00b'],
    ['two low surrogates', '\ud83d\ude00\ude00', '\ud83d\ude00\\ude00'],
    ['ordinary text', 'a "b" \\ c', 'a "b" \\ c'],
    ['other scripts', 'caf\u00e9 \u6d4b\u8bd5', 'caf\u00e9 \u6d4b\u8bd5'],
    ['emoji', '\ud83d\ude00', '\ud83d\ude00'],
  ];
  for (const [name, text, shown] of characters) t.equal(printable(text), shown, name);
  t.end();
});

t.test('printable cuts a long text and says so', (t) => {
  t.equal(printable('a'.repeat(200)), 'a'.repeat(200));
  t.equal(printable('a'.repeat(201)), `${'a'.repeat(200)}...`);
  t.equal(printable('abcdef', 3), 'abc...');
  t.equal(printable('ab\ud83d\ude00', 3), 'ab...', 'but not through a surrogate pair');
  t.end();
});

t.test('property: printable text holds nothing unsafe and means the same in a JSON string', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const shown = printable(JSON.stringify(text), Infinity);
      return !UNSAFE.test(shown) && JSON.parse(shown) === text;
    }),
    2000,
  );
  t.end();
});

t.test('quoted writes a JSON string', (t) => {
  t.equal(quoted('portmap'), '"portmap"');
  t.equal(quoted('say "hi"'), '"say \\"hi\\""');
  t.equal(quoted('a\u001bb\u2028c'), '"a\\u001bb\\u2028c"');
  t.equal(quoted('a'.repeat(80)), `"${'a'.repeat(80)}"`);
  t.equal(quoted('a'.repeat(81)), `"${'a'.repeat(80)}..."`);
  t.equal(quoted('""""', 2), '"\\"\\"..."', 'the limit counts before escaping');
  t.end();
});

t.test('property: quoted text is on one line, safe, and reads back', (t) => {
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const shown = quoted(text, 1000);
      return !UNSAFE.test(shown) && JSON.parse(shown) === text;
    }),
    2000,
  );
  t.end();
});

t.test('source text keeps its width, so that carets below it align', (t) => {
  t.equal(sourceText('\t"a": 1'), ' "a": 1');
  t.equal(sourceText('a\u001bb\rc\u2028d'), 'a?b?c?d');
  t.equal(sourceText('plain "text" \u6d4b'), 'plain "text" \u6d4b');
  assertProperty(
    t,
    fc.property(anyText, (text) => {
      const shown = sourceText(text);
      return shown.length === text.length && !UNSAFE.test(shown);
    }),
    2000,
  );
  t.end();
});

t.test('wrap folds lines at spaces', (t) => {
  const cases: [name: string, folded: string, expected: string][] = [
    ['short text stays', wrap('one two', 10, '  '), 'one two'],
    ['a line of exactly the width stays', wrap('one two', 7, '  '), 'one two'],
    ['continuation lines are indented', wrap('one two three', 8, '  '), 'one two\n  three'],
    ['indents count', wrap('one two three four', 9, '  '), 'one two\n  three\n  four'],
    ['the first line may be taken in part', wrap('one two', 8, '  ', 4), 'one\n  two'],
    ['even in whole', wrap('one two', 8, '  ', 20), 'one\n  two'],
    [
      'the indent of the first line stays',
      wrap('  fix: one two', 10, '    '),
      '  fix: one\n    two',
    ],
    ['lines that are there stay', wrap('one\ntwo three', 5, '  '), 'one\ntwo\n  three'],
    [
      'a long word stays whole',
      wrap('a incomprehensible b', 8, '  '),
      'a\n  incomprehensible\n  b',
    ],
  ];
  for (const [name, folded, expected] of cases) t.equal(folded, expected, name);
  t.end();
});

t.test('property: wrap keeps every word, and only a single word is wider than the width', (t) => {
  const words = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', '-', '"') }), {
    maxLength: 40,
  });
  assertProperty(
    t,
    fc.property(words, fc.integer({ min: 3, max: 60 }), fc.nat(80), (words, width, used) => {
      const lines = wrap(words.join(' '), width, '  ', used).split('\n');
      const fits = lines.every(
        (line, index) =>
          line.length <= width - (index === 0 ? used : 0) || !line.trim().includes(' '),
      );
      return fits && lines.map((line) => line.trim()).join(' ') === words.join(' ');
    }),
    2000,
  );
  t.end();
});

t.test('count and listed speak English', (t) => {
  t.equal(count(0, 'problem'), '0 problems');
  t.equal(count(1, 'problem'), '1 problem');
  t.equal(count(2, 'more problem'), '2 more problems');
  t.equal(listed([]), '');
  t.equal(listed(['a']), 'a');
  t.equal(listed(['a', 'b']), 'a or b');
  t.equal(listed(['a', 'b', 'c']), 'a, b or c');
  t.equal(listed(['a', 'b', 'c'], 'and'), 'a, b and c');
  t.end();
});

t.test('a text is cut to a limit that counts the dots', (t) => {
  t.equal(shortened('abcdef', 6), 'abcdef');
  t.equal(shortened('abcdefg', 6), 'abc...');
  t.equal(shortened('ab\ud83d\ude00cde', 6), 'ab...', 'but not through a surrogate pair');
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { LineIndex, excerptAt, positionAt } from '../../../../src/engine/json/position.ts';
import { unicodeText } from '../../../support/arbitraries.ts';
import { assertProperty } from '../../../support/properties.ts';

t.test('an offset becomes line and column, both from 1', (t) => {
  const places: [name: string, text: string, offset: number, place: string][] = [
    ['start', 'ab\ncd', 0, '1:1'],
    ['inside a line', 'ab\ncd', 1, '1:2'],
    ['a line break belongs to its line', 'ab\ncd', 2, '1:3'],
    ['start of the next line', 'ab\ncd', 3, '2:1'],
    ['end of the text', 'ab\ncd', 5, '2:3'],
    ['past the end', 'ab\ncd', 500, '2:3'],
    ['empty text', '', 0, '1:1'],
    ['line break first', '\nab', 0, '1:1'],
    ['after a line break first', '\nab', 1, '2:1'],
    ['after a final line break', 'ab\n', 3, '2:1'],
    ['CR LF is one line break', 'ab\r\ncd', 4, '2:1'],
    ['an emoji is one character', '\ud83d\ude00"x"', 2, '1:2'],
    ['a tab is one character', '\t\t"x"', 2, '1:3'],
  ];
  for (const [name, text, offset, place] of places) {
    const { line, column } = positionAt(text, offset);
    t.equal(`${line}:${column}`, place, name);
  }
  t.end();
});

/** An excerpt as the two lines a person sees. */
function shown(text: string, offset: number, length: number): string[] {
  const { source, carets } = excerptAt(text, { offset, length });
  return [source, carets];
}

t.test('an excerpt shows the line and points at the range', (t) => {
  t.same(excerptAt('{\n  "a": tru\n}', { offset: 9, length: 3 }), {
    line: 2,
    column: 8,
    source: '  "a": tru',
    carets: '       ^^^',
  });
  t.same(shown('"a": 1', 5, 0), ['"a": 1', '     ^'], 'an empty range gets one caret');
  t.same(shown('{\n"a": 1', 0, 8), ['{', '^'], 'carets stop at the end of the line');
  t.same(shown('{"a": 1', 7, 1), ['{"a": 1', '       ^'], 'the end of the text has a place');
  t.same(shown('{\n', 2, 1), ['', '^'], 'so has the end after a final line break');
  t.same(shown('ab\ncd', 2, 1), ['ab', '  ^'], 'and a line break');
  t.same(shown('\t"a": x', 6, 1), [' "a": x', '      ^'], 'a tab becomes one space');
  t.same(shown('"a",\r\n"b"', 0, 3), ['"a",', '^^^'], 'a carriage return is not shown');
  t.same(shown('"\u001b[31m": x', 9, 1), ['"?[31m": x', '         ^'], 'controls become ?');
  t.end();
});

t.test('an excerpt of an empty line can be made', (t) => {
  t.same(shown('', 0, 1), ['', '^'], 'in an empty text');
  t.same(shown('a\n\nb', 2, 1), ['', '^'], 'in the middle');
  t.same(shown('\n', 0, 1), ['', '^'], 'in a text that is one line break');
  t.same(shown('\n{}', 0, 1), ['', '^'], 'at the beginning');
  t.end();
});

t.test('a long line is cut to a window around the range', (t) => {
  const long = `${'a'.repeat(300)}X${'b'.repeat(300)}`;
  const [source = '', carets = ''] = shown(long, 300, 1);
  t.equal(source.length, 88);
  t.equal(source[carets.indexOf('^')], 'X');
  t.equal(carets.trim(), '^');
  const [, wide = ''] = shown(long, 300, 301);
  t.ok(wide.length <= 88, 'carets stay inside the window');
  t.same(shown(long, 3, 1)[0], 'a'.repeat(88), 'the beginning of a line needs no shift');
  t.end();
});

const anyText = fc
  .array(fc.oneof(unicodeText(), fc.constantFrom('\n', '\r\n', '\t', 'a'.repeat(99))))
  .map((parts) => parts.join(''));

t.test('property: a position is where the text before it ends', (t) => {
  assertProperty(
    t,
    fc.property(anyText, fc.nat(2000), (text, offset) => {
      const before = text.slice(0, offset).split('\n');
      const { line, column } = positionAt(text, offset);
      return line === before.length && column === Array.from(before.at(-1) ?? '').length + 1;
    }),
    2000,
  );
  t.end();
});

t.test('property: every place of every text has an excerpt that fits and points into it', (t) => {
  assertProperty(
    t,
    fc.property(anyText, fc.nat(2000), fc.nat(2000), (text, offset, length) => {
      const { source, carets } = excerptAt(text, { offset, length });
      return (
        source.length <= 88 &&
        !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(source) &&
        /^ *\^+$/.test(carets) &&
        // The end of the line has a place too, and a carriage return there is not shown.
        carets.indexOf('^') <= source.length + 1 &&
        carets.length <= 89
      );
    }),
    2000,
  );
  t.end();
});

t.test('property: an index of lines knows the same places, in whatever order it is asked', (t) => {
  const asked = fc.tuple(unicodeText(), fc.array(fc.nat(60), { maxLength: 8 }));
  assertProperty(
    t,
    fc.property(asked, ([text, offsets]) => {
      const lines = new LineIndex(text);
      const same = (offset: number) =>
        JSON.stringify(lines.positionAt(offset)) === JSON.stringify(positionAt(text, offset));
      return offsets.every(same);
    }),
    300,
  );
  t.end();
});

t.test('an index of lines knows the places of a long text', (t) => {
  for (const unit of ['ab\n', '\n', 'a', '\ud83d\ude00\r\n']) {
    const text = unit.repeat(10_000);
    const lines = new LineIndex(text);
    for (const offset of [0, 1, 4095, 4096, 4097, 8192, 9_999, 5, text.length, text.length + 9]) {
      const expected = positionAt(text, offset);
      t.same(lines.positionAt(offset), expected, `${JSON.stringify(unit)} at ${offset}`);
      t.equal(lines.lineAt(offset), expected.line);
    }
  }
  t.end();
});

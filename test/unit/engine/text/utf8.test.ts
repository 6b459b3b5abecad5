import fc from 'fast-check';
import t from 'tap';
import { utf8Length } from '../../../../src/engine/text/utf8.ts';
import { assertProperty } from '../../../support/properties.ts';

t.test('a text is as long as its bytes', async (t) => {
  const lengths = {
    '': 0,
    '\u007f': 1,
    '\u0080': 2,
    '\u07ff': 2,
    '\u0800': 3,
    '\uffff': 3,
    '\u{10000}': 4,
    '\u{10ffff}': 4,
    'eth0 网络 😀': 16,
  };
  for (const [text, bytes] of Object.entries(lengths)) t.equal(utf8Length(text), bytes, text);
});

t.test('half a surrogate pair counts as the character that an encoder puts there', async (t) => {
  for (const text of ['\ud800', '\udc00', '\udc00\ud800', '\ud800\ud800\udc00', '\ud800a']) {
    t.equal(utf8Length(text), Buffer.byteLength(text), JSON.stringify(text));
  }
});

t.test('whatever the text, Node counts the same', async (t) => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((u) => String.fromCharCode(u)),
  });
  assertProperty(
    t,
    fc.property(text, (text) => utf8Length(text) === Buffer.byteLength(text)),
    2000,
  );
});

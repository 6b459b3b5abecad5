import fc from 'fast-check';
import t from 'tap';
import { base64Length, utf8Length } from '../../../../src/engine/text/byte-length.ts';
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

t.test('property: a text has as many bytes as Node writes', (t) => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud83d', '\ude00'))
      .map((units) => units.join('')),
  );
  assertProperty(
    t,
    fc.property(anyText, (text) => utf8Length(text) === Buffer.byteLength(text)),
    2000,
  );
  t.end();
});

t.test('property: base64 stands for as many bytes as were written', (t) => {
  assertProperty(
    t,
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      return base64Length(Buffer.from(bytes).toString('base64')) === bytes.length;
    }),
    500,
  );
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { readJson } from '../../../../src/engine/json/document.ts';
import { goText, goValueOf, isSameValue } from '../../../../src/engine/rendering/go-value.ts';

const valueOf = (text: string) => goValueOf(readJson(text).root!);

t.test('a value is written as json.MarshalIndent writes it', async (t) => {
  t.equal(
    goText(valueOf('{"b": [1, {}, []], "a": {"x": null, "B": true}}')),
    '{\n  "a": {\n    "B": true,\n    "x": null\n  },\n  "b": [\n    1,\n    {},\n    []\n  ]\n}',
  );
  t.equal(goText(valueOf('"<&>\\u2028\\n\\ud800"')), '"\\u003c\\u0026\\u003e\\u2028\\n\ufffd"');
  t.equal(goText(valueOf('[-0, 1e21, 1.50]')), '[\n  -0,\n  1e+21,\n  1.5\n]');
});

t.test(
  'of a name that stands twice the last value counts, and names are sorted by bytes',
  async (t) => {
    const text = goText(valueOf('{"\\ud83d\\ude00": 1, "\\ufffd": 2, "ab": 3, "a": 4, "a": 5}'));
    t.equal(text, '{\n  "a": 5,\n  "ab": 3,\n  "\ufffd": 2,\n  "\u{1f600}": 1\n}');
  },
);

t.test('what is written means what was read', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const read = valueOf(JSON.stringify(value));
      return isSameValue(valueOf(goText(read)), read);
    }),
    { numRuns: 50 },
  );
  t.equal(isSameValue(undefined, null), false);
  t.equal(isSameValue(undefined, undefined), true);
});

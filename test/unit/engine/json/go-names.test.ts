import t from 'tap';
import {
  exactMember,
  foldName,
  foldedMember,
  hasTwins,
  timesNamed,
} from '../../../../src/engine/json/go-names.ts';
import { readJson } from '../../../../src/engine/json/document.ts';

const rootOf = (text: string) => readJson(text).root!;
const objectOf = (text: string) => readJson(text).objects[0]!;

t.test('encoding/json compares names without letter case, in ASCII only', (t) => {
  const pairs: [a: string, b: string, same: boolean][] = [
    ['masqAll', 'masqall', true],
    ['masqAll', 'MASQALL', true],
    ['masqAll', 'masq_all', false],
    ['masqAll', 'masqAll ', false],
    // Unicode folds the long s and the Kelvin sign into ASCII letters, and so does Go.
    ['snat', '\u017fnat', true],
    ['markMasqBit', 'mar\u212aMasqBit', true],
    // Turkish dotted I has no simple folding.
    ['ipam', '\u0130pam', false],
    ['ipam', '\u0131pam', false],
  ];
  for (const [a, b, same] of pairs) {
    t.equal(foldName(a) === foldName(b), same, `${a} and ${b}: ${same ? 'same' : 'different'}`);
  }
  t.end();
});

t.test('Terway looks a name up as it is written; of duplicates the last counts', (t) => {
  const found = (text: string) => exactMember(rootOf(text), 'type')?.value.value as unknown;
  t.equal(found('{"type": "terway"}'), 'terway');
  t.equal(found('{"Type": "terway"}'), undefined);
  t.equal(found('{"type": "terway", "Type": "portmap"}'), 'terway');
  t.equal(found('{"type": "terway", "type": "portmap"}'), 'portmap');
  t.equal(found('{"type": null}'), null);
  t.equal(found('["type"]'), undefined);
  t.end();
});

t.test('an object of many members is searched as one of few', (t) => {
  for (const more of [0, 62, 63, 200]) {
    const others = Array.from({ length: more }, (_, index) => `"m${index}": ${index}, `).join('');
    const object = objectOf(`{"a": 1, ${others}"b": 2, "a": 3}`);
    const found = (name: string) => exactMember(object, name)?.value.value as unknown;
    for (const round of ['first', 'again']) {
      t.same([found('a'), found('b'), found('c')], [3, 2, undefined], `${round}, ${more} more`);
      t.same(
        ['a', 'b', 'c'].map((name) => timesNamed(object, name)),
        [2, 1, 0],
      );
    }
  }
  t.end();
});

t.test('a plugin decodes the variant that sorts last', (t) => {
  const objects: [name: string, text: string, value: unknown][] = [
    ['no such member', '{"snat": true}', undefined],
    ['the name itself', '{"masqAll": true}', true],
    ['another letter case', '{"MASQALL": true}', true],
    // Terway re-encodes the entry with names sorted by bytes: capitals come first.
    ['two variants', '{"masqAll": true, "MasqAll": false}', true],
    ['two variants, the other way round', '{"MasqAll": false, "masqAll": true}', true],
    ['small letters sort last', '{"masqall": 1, "masqAll": 2, "MASQALL": 3}', 1],
    ['the long s sorts after ASCII', '{"ma\u017fqall": 1, "masqall": 2}', 1],
    ['duplicates: the last', '{"masqAll": true, "masqAll": false}', false],
    ['null alone', '{"masqAll": null}', null],
    ['null leaves the field as it was', '{"MasqAll": true, "masqAll": null}', true],
    ['null before a value', '{"MasqAll": null, "masqAll": true}', true],
    ['null as an earlier duplicate', '{"masqAll": null, "masqAll": true}', true],
    // Terway collapses duplicates before a plugin sees the entry, so this is {"masqAll": null}.
    ['null as the last duplicate', '{"masqAll": true, "masqAll": null}', null],
    [
      'null as the last duplicate beside a variant',
      '{"MasqAll": 1, "masqAll": 2, "masqAll": null}',
      1,
    ],
  ];
  for (const [name, text, value] of objects) {
    t.strictSame(foldedMember(objectOf(text), 'masqAll')?.value.value, value, `${name}: ${text}`);
  }
  t.end();
});

t.test('values that are no objects have no members', (t) => {
  for (const text of ['null', '[]', '"masqAll"', '1']) {
    t.equal(exactMember(rootOf(text), 'masqAll'), undefined, text);
  }
  t.end();
});

t.test('two members of one name are seen, among few and among many', (t) => {
  for (const size of [1, 2, 12, 13, 40]) {
    const names = Array.from({ length: size }, (_, index) => `"m${index}":0`);
    t.notOk(hasTwins(objectOf(`{${names.join(',')}}`)), `${size}`);
    t.ok(hasTwins(objectOf(`{${[...names, '"m0":1'].join(',')}}`)), `${size} and the first again`);
  }
  t.notOk(hasTwins(objectOf('{"a":0,"A":0}')), 'letter case counts');
  t.end();
});

import t from 'tap';
import type { Format } from '../../../../src/engine/catalogue/field.ts';
import { floatOf, hasFormat, isCidr } from '../../../../src/engine/reading/go-formats.ts';

/** Texts that Go takes, and texts near them that it refuses. */
const TEXTS: Readonly<Record<Format, { taken: readonly string[]; refused: readonly string[] }>> = {
  cidr: {
    taken: [
      '0.0.0.0/0',
      '10.0.0.0/8',
      '10.0.0.1/32',
      '::/0',
      'fd00::1/64',
      '1:2:3:4:5:6:7:8/128',
      '1:2:3:4:5:6:7::/112',
      '::ffff:10.0.0.1/128',
      '1:2:3:4:5:6:10.0.0.1/128',
      'FD00::/8',
    ],
    refused: [
      '',
      '10.0.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/08',
      '10.0.0.0/x',
      '10.0.0/8',
      '10.0.0.256/8',
      '10.0.0.01/8',
      'fd00::1/129',
      '1:2:3:4:5:6:7/64',
      '1:2:3:4:5:6:7:8:9/64',
      '1:2:3:4:5:6:7:8::/64',
      '1::2::3/64',
      'fd00::12345/64',
      'fd00::g/64',
      '::10.0.0/128',
      '1:2:3:4:5:6:7:10.0.0.1/128',
      '1:2:3:4:5:10.0.0.1/128',
    ],
  },
  mac: {
    taken: ['', '0a:58:0a:00:00:01', '0A-58-0A-00-00-01', '0a58.0a00.0001'],
    refused: ['0a:58:0a:00:00', '0a:58-0a:00:00:01', '01:00:5e:00:00:01', '00:00:00:00:00:00', 'x'],
  },
  duration: {
    taken: ['0', '10m', '1h30m', '1.5h', '-1s', '.5s', '100us', '100\u00b5s'],
    refused: ['', '10', 'm', '1 h', '1d', '1h30'],
  },
  interface: {
    taken: ['', 'eth0', 'a'.repeat(15)],
    refused: ['.', '..', 'a/b', 'a b', 'a'.repeat(16)],
  },
  float: {
    taken: ['0', '-1.5', '.5', '1e-1', '0x1p-2', 'inf', '-Infinity', 'NaN'],
    refused: ['', ' 1', '1,5', '1e', '0x', '1e400', 'x'],
  },
};

for (const [format, { taken, refused }] of Object.entries(TEXTS)) {
  t.test(format, async (t) => {
    for (const text of taken) t.ok(hasFormat(text, format as Format), text);
    for (const text of refused) t.notOk(hasFormat(text, format as Format), text);
  });
}

t.test('an address range', async (t) => {
  t.ok(isCidr('10.0.0.0/8'));
  t.notOk(isCidr('10.0.0.0'));
});

t.test('the numbers of strconv.ParseFloat', (t) => {
  const numbers: readonly (readonly [text: string, value: number | undefined])[] = [
    ['1e-1', 0.1],
    ['0x1p-2', 0.25],
    ['-0x1.8p1', -3],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['nan', NaN],
    ['1'.repeat(10_000), undefined],
    ['one', undefined],
  ];
  for (const [text, value] of numbers) t.same(floatOf(text), value, text.slice(0, 20));
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import {
  type PluginBinary,
  type ProbeResult,
  MAX_RESULT_BYTES,
  decodeProbeResult,
  encodeProbeResult,
} from '../../../src/probe/result.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import { assertProperty } from '../../support/properties.ts';

const RELEASE_1_7_1 = [
  ...['bandwidth', 'bridge', 'dhcp', 'dummy', 'firewall', 'host-device', 'host-local', 'ipvlan'],
  ...['loopback', 'macvlan', 'portmap', 'ptp', 'sbr', 'static', 'tap', 'tuning', 'vlan', 'vrf'],
  ...['flannel', 'calico', 'calico-ipam', 'multus', 'whereabouts', 'egress', 'install'],
];
const SPEC_1_0_0 = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0'];

const resultOf = (
  entries: Iterable<readonly [string, PluginBinary]>,
  leftOut?: number,
): ProbeResult => ({
  binaries: new Map(entries),
  ...(leftOut !== undefined && { leftOut }),
});

t.test('the plugins of one release share a line', async (t) => {
  const binary = { version: 'v1.7.1', specVersions: [...SPEC_1_0_0, '1.1.0'] };
  const result = resultOf(RELEASE_1_7_1.map((name) => [name, binary] as const));
  const text = encodeProbeResult(result);
  t.equal(result.binaries.size, 25);
  t.ok(text.length < 1024, `${text.length} bytes`);
  t.strictSame(decodeProbeResult(text)?.binaries.get('portmap'), binary);
  t.equal(
    encodeProbeResult(resultOf([['terway', {}], ...[['portmap', { version: 'v1.7.1' }] as const]])),
    '{"v":1,"groups":[{"version":"v1.7.1","names":["portmap"]},{"names":["terway"]}]}',
  );
});

t.test('an empty directory is a result, too', async (t) => {
  t.strictSame(decodeProbeResult(encodeProbeResult(resultOf([]))), resultOf([]));
});

t.test('what does not fit is dropped in the order of its worth', async (t) => {
  const detailed = (index: number) => ({
    version: `v1.7.1-${index}`,
    specVersions: SPEC_1_0_0.slice(index % 5),
  });
  const many = (count: number) =>
    resultOf([
      ...Array.from({ length: count }, (_, i) => [`aa-${i}`, detailed(i)] as const),
      ['portmap', detailed(0)],
    ]);
  const decoded = (count: number) =>
    decodeProbeResult(encodeProbeResult(many(count), new Set(['portmap'])))!;

  t.strictSame(decoded(20).binaries.get('aa-7'), detailed(7), 'there is room for everything');
  t.strictSame(decoded(60).binaries.get('aa-7'), { version: 'v1.7.1-7' }, 'for versions');
  t.strictSame(decoded(200).binaries.get('aa-7'), {}, 'for names');
  t.equal(decoded(200).leftOut, undefined);
  const crowded = decoded(20_000);
  t.ok(crowded.binaries.size > 300, `${crowded.binaries.size} names fit`);
  t.equal(crowded.leftOut, 20_001 - crowded.binaries.size);
  for (const count of [20, 60, 200, 20_000]) {
    t.strictSame(decoded(count).binaries.get('portmap'), detailed(0), 'what matters is whole');
  }
});

t.test('names and versions that no reader takes stay behind', async (t) => {
  const result = resultOf([
    ['portmap', { version: 'v1\n"', specVersions: ['1.0.0', 'a', ''] }],
    ['.hidden', {}],
    ['a b', {}],
    ['ünï', {}],
    ['x'.repeat(65), {}],
  ]);
  t.strictSame(
    decodeProbeResult(encodeProbeResult(result)),
    resultOf([['portmap', { specVersions: ['1.0.0'] }]], 4),
  );
});

t.test('anything else is unreadable as a whole', async (t) => {
  const message = (groups: unknown, more = {}) => JSON.stringify({ v: 1, groups, ...more });
  t.ok(decodeProbeResult(message([{ names: ['portmap'] }])));
  const unreadable = {
    empty: '',
    'cut off': encodeProbeResult(resultOf([['portmap', {}]])).slice(0, -1),
    'another format': JSON.stringify({ v: 2, groups: [] }),
    'no groups': JSON.stringify({ v: 1 }),
    'an error message': 'the directory /opt/cni/bin could not be read',
    'a path': message([{ names: ['../portmap'] }]),
    'a control character': message([{ names: ['port\u001bmap'] }]),
    'a long name': message([{ names: ['x'.repeat(65)] }]),
    'a name twice': message([{ names: ['portmap'] }, { version: 'v1.7.1', names: ['portmap'] }]),
    'no names': message([{ names: [] }]),
    'a number': message([{ names: [1] }]),
    'a long version': message([{ names: ['portmap'], version: `v${'1'.repeat(64)}` }]),
    'a version in two lines': message([{ names: ['portmap'], version: 'v1\n' }]),
    'a strange specification': message([{ names: ['portmap'], specVersions: ['1.0'] }]),
    'a surplus key': message([{ names: ['portmap'], toString: 'x' }]),
    'a negative rest': message([], { leftOut: -1 }),
    'too long': `${message([])}${' '.repeat(MAX_RESULT_BYTES)}`,
    'deep nesting': '['.repeat(MAX_RESULT_BYTES),
  };
  for (const [what, text] of Object.entries(unreadable)) {
    t.equal(decodeProbeResult(text), undefined, what);
  }
});

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,20}$/);
const binary = fc.record(
  {
    version: fc.stringMatching(/^v[0-9]\.[0-9]\.[0-9](-[a-z0-9]{1,5})?$/),
    specVersions: fc.subarray(SPEC_1_0_0, { minLength: 1 }),
  },
  { requiredKeys: [] },
);

t.test('property: what is written is read', (t) => {
  const results = fc.array(fc.tuple(name, binary), { maxLength: 15 });
  assertProperty(
    t,
    fc.property(results, fc.option(fc.nat(1e6), { nil: undefined }), (entries, leftOut) => {
      const result = resultOf(entries, leftOut === 0 ? undefined : leftOut);
      const read = decodeProbeResult(encodeProbeResult(result));
      return (
        read?.leftOut === result.leftOut &&
        sameText(sorted(read?.binaries), sorted(result.binaries))
      );
    }),
    500,
  );
  t.end();
});

t.test('property: never too long, every name told or counted, important ones first', (t) => {
  const anything = fc.string({ unit: 'grapheme', maxLength: 80 });
  const wild = fc.tuple(
    fc.oneof({ weight: 9, arbitrary: name }, { weight: 1, arbitrary: anything }),
    fc.record({ version: anything, specVersions: fc.array(anything) }, { requiredKeys: [] }),
  );
  const tame = fc.tuple(name, binary);
  const results = fc.array(fc.oneof(tame, wild), { maxLength: 800, size: 'max' });
  assertProperty(
    t,
    fc.property(results, fc.nat(5), (entries, importantCount) => {
      const result = resultOf(entries);
      const valid = [...result.binaries.keys()].filter((key) => /^[\w][\w.+-]*$/.test(key));
      const important = new Set(valid.slice(0, importantCount).filter((key) => key.length < 30));
      const text = encodeProbeResult(result, important);
      const read = decodeProbeResult(text);
      return (
        Buffer.byteLength(text) <= MAX_RESULT_BYTES &&
        (read?.binaries.size ?? NaN) + (read?.leftOut ?? 0) === result.binaries.size &&
        [...important].every((key) => key.startsWith('_') || read?.binaries.has(key))
      );
    }),
    100,
  );
  t.end();
});

t.test('property: any text is read or unreadable', (t) => {
  const mutated = fc
    .tuple(fc.array(fc.tuple(name, binary), { maxLength: 5 }), fc.nat(200), fc.string())
    .map(([entries, at, inserted]) => {
      const text = encodeProbeResult(resultOf(entries));
      return text.slice(0, at) + inserted + text.slice(at + 1);
    });
  const shaped = fc
    .record({ v: fc.constant(1), groups: fc.jsonValue(), leftOut: fc.jsonValue() })
    .map((value) => JSON.stringify(value));
  const texts = fc.oneof(unicodeText({ maxLength: 6000 }), fc.json(), mutated, shaped);
  assertProperty(
    t,
    fc.property(texts, (text) => {
      const read = decodeProbeResult(text);
      return [...(read?.binaries.keys() ?? [])].every((key) => /^[\w.+-]{1,64}$/.test(key));
    }),
    2000,
  );
  t.end();
});

const sameText = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const sorted = (binaries: ReadonlyMap<string, PluginBinary> | undefined) =>
  [...(binaries ?? [])]
    .map(([key, { version, specVersions }]) => [key, version, specVersions])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

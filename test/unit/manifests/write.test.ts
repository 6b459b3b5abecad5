import t from 'tap';
import { type DataEdit, withEdits } from '../../../src/engine/core/fix.ts';
import { judge } from '../../../src/manifests/judge.ts';
import { readManifests } from '../../../src/manifests/read.ts';
import { writings } from '../../../src/manifests/write.ts';
import { SCALAR_STYLES, yamlManifest } from '../../support/manifests.ts';
import { tried } from '../../support/sweeps.ts';
import { EDITS } from '../engine/rules/edits/index.ts';

const read = (text: string) => readManifests({ name: 'a.yaml', text }).objects[0]!;

/** The way that changes least. */
const firstOf = (...args: Parameters<typeof writings>) => [...writings(...args)][0];

/** Longer ones cost seconds and show nothing else. */
const MAX_LENGTH = 100_000;

t.test('the certain remedies of all worked edits, in every style', async (t) => {
  let made = 0;
  for (const [index, { change, facts, policy, name }] of tried(EDITS.entries())) {
    if (!change.new) continue;
    const file = yamlManifest(change.new, SCALAR_STYLES[index % SCALAR_STYLES.length]);
    if (file.length > MAX_LENGTH) continue;
    const object = read(file);
    const defaults = { mode: 'off', values: new Map() } as const;
    const { findings } = judge(object, change.old, { facts, policy, defaults });
    for (const { finding } of findings) {
      const { edits } = finding.fix;
      if (!edits) continue;
      const wanted = withEdits(object.configMap, edits).data;
      const ways = [...writings(object, edits)].map((files) => files.get('a.yaml') ?? '');
      // Only where the object has no key at all is there no place for one.
      if (ways.length === 0 && object.newKey === undefined) continue;
      if (ways.some((file) => holds(file, wanted))) made += 1;
      else t.fail(`${finding.rule}: ${name}`);
    }
  }
  t.ok(made > 60, `${made} made`);
});

/** Whether the file reads as these texts; one that can't be read does not. */
function holds(file: string, wanted: ReadonlyMap<string, string>): boolean {
  try {
    const { data } = read(file).configMap;
    return data.size === wanted.size && [...wanted].every(([key, text]) => data.get(key) === text);
  } catch {
    return false;
  }
}

t.test('only the bytes change that must', async (t) => {
  const file = (value: string) =>
    `kind: ConfigMap # a comment\nmetadata: {name: eni-config}\ndata:\n  # of the chain\n  k: ${value}\n  z: 'a'\n`;
  const cases: [style: string, before: string, after: string][] = [
    [
      'literal',
      '|-\n    {\n      "a": 1,\n      "b": 2\n    }',
      '|-\n    {\n      "a": 1,\n      "c": 3,\n      "b": 2\n    }',
    ],
    [
      'double',
      '"{\\n  \\"a\\": 1,\\n  \\"b\\": 2\\n}"',
      '"{\\n  \\"a\\": 1,\\n  \\"c\\": 3,\\n  \\"b\\": 2\\n}"',
    ],
  ];
  for (const [style, before, after] of cases) {
    const object = read(file(before));
    const text = object.configMap.data.get('k')!;
    const offset = text.indexOf('\n  "b"');
    const edits = [
      { kind: 'text', key: 'k', edits: [{ offset, length: 0, text: '\n  "c": 3,' }] },
    ] as const;
    t.equal(firstOf(object, edits)?.get('a.yaml'), file(after), style);
    const length = '\n  "c": 3,'.length;
    const back = [{ kind: 'text', key: 'k', edits: [{ offset, length, text: '' }] }] as const;
    t.equal(firstOf(read(file(after)), back)?.get('a.yaml'), file(before), `${style}, taken out`);
  }
  const single = read(file(`'{"a": "it''s"}'`));
  const quote = [
    { kind: 'text', key: 'k', edits: [{ offset: 7, length: 4, text: "'n'" }] },
  ] as const;
  t.equal(firstOf(single, quote)?.get('a.yaml'), file(`'{"a": "''n''"}'`));
  const renamed = firstOf(single, [{ kind: 'rename', key: 'z', to: 'y' }]);
  t.equal(renamed?.get('a.yaml'), file(`'{"a": "it''s"}'`).replace('  z:', '  y:'));
  const set = firstOf(single, [{ kind: 'set', key: 'k', text: '{"a": "its"}' }]);
  t.equal(set?.get('a.yaml'), file(`'{"a": "its"}'`));
});

t.test('a key comes before the first one, and goes with its lines', async (t) => {
  const set = (text: string) => ({ kind: 'set', key: 'b', text }) as const;
  const after = (file: string, ...edits: readonly DataEdit[]) =>
    firstOf(read(file), edits)?.get('a.yaml');
  const head = 'kind: ConfigMap\nmetadata: {name: eni-config}\n';
  const block = `${head}data:\n  # of k\n  k: |\n    {}\n  l: 'x'\nz: 1\n`;
  const added = block.replace('  k: |', '  b: |-\n    {\n      "a": 1\n    }\n  k: |');
  t.equal(after(block, set('{\n  "a": 1\n}')), added);
  t.equal(after(added, { kind: 'remove', key: 'b' }), block);
  t.equal(after(block, { kind: 'remove', key: 'l' }), block.replace("  l: 'x'\n", ''));
  t.equal(after(block, set('')), block.replace('  k: |', '  b: ""\n  k: |'));
  t.equal(
    after(block.replaceAll('\n', '\r\n'), set('a\n')),
    block.replace('  k: |', '  b: |\n    a\n  k: |').replaceAll('\n', '\r\n'),
  );
  const json = '{"kind": "ConfigMap", "metadata": {"name": "eni-config"}, "data": {"k": "a"}}';
  t.equal(after(json, set('"')), json.replace('{"k"', '{"b": "\\"", "k"'));
  const lines = json.replace('{"k": "a"}', '{\n  "k": "a"\n}');
  t.equal(after(lines, set('c')), lines.replace('  "k"', '  "b": "c",\n  "k"'));
  t.equal(after(json, { kind: 'remove', key: 'k' }), undefined, 'with its comma: left to a person');
});

t.test('what other places share is left alone', async (t) => {
  const shared = read(`x: &x '{}'\nkind: ConfigMap\nmetadata: {name: eni-config}\ndata: {k: *x}\n`);
  t.equal(firstOf(shared, [{ kind: 'set', key: 'k', text: 'a' }]), undefined);
  const head = 'kind: ConfigMap\nmetadata: {name: eni-config}\n';
  const named = read(`${head}data: {k: &x '{}', l: b}\nx: *x\n`);
  t.equal(firstOf(named, [{ kind: 'set', key: 'k', text: 'a' }]), undefined);
  t.ok(firstOf(named, [{ kind: 'set', key: 'l', text: 'a' }]));
  const map = read(`${head}data: &x {k: '{}'}\nx: {<<: *x}\n`);
  t.equal(firstOf(map, [{ kind: 'set', key: 'k', text: 'a' }]), undefined);
  t.equal(firstOf(map, [{ kind: 'set', key: 'other', text: 'a' }]), undefined);
  const empty = read(`${head}data: {}\n`);
  t.equal(firstOf(empty, [{ kind: 'set', key: 'other', text: 'a' }]), undefined, 'an empty map');
});

import t from 'tap';
import { withEdits } from '../../../src/engine/core/fix.ts';
import { judge } from '../../../src/manifests/judge.ts';
import { readManifests } from '../../../src/manifests/read.ts';
import { writings } from '../../../src/manifests/write.ts';
import { configMap } from '../../support/changes.ts';
import { SCALAR_STYLES, yamlManifest } from '../../support/manifests.ts';
import { EDITS } from '../engine/rules/edits/index.ts';

const read = (text: string) => readManifests({ name: 'a.yaml', text }).objects[0]!;

/** The way that changes least. */
const firstOf = (...args: Parameters<typeof writings>) => [...writings(...args)][0];

/** Longer ones cost seconds and show nothing else. */
const MAX_LENGTH = 100_000;

t.test('the certain remedies of all worked edits, in every style', async (t) => {
  let made = 0;
  for (const [index, { change, facts, policy, name }] of EDITS.entries()) {
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
      // A key that comes or goes is left to a person.
      if (ways.length === 0 && edits.some(({ kind }) => kind !== 'text')) continue;
      if (ways.some((file) => holds(file, wanted))) made += 1;
      else t.fail(`${finding.rule}: ${name}`);
    }
  }
  t.ok(made > 600, `${made} made`);
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

t.test('what is shared, or would come or go, is left alone', async (t) => {
  const shared = read(`x: &x '{}'\nkind: ConfigMap\nmetadata: {name: eni-config}\ndata: {k: *x}\n`);
  t.equal(firstOf(shared, [{ kind: 'set', key: 'k', text: 'a' }]), undefined);
  const object = read(yamlManifest(configMap({ k: 'a' })));
  t.equal(firstOf(object, [{ kind: 'set', key: 'other', text: 'a' }]), undefined);
  t.equal(firstOf(object, [{ kind: 'remove', key: 'k' }]), undefined);
});

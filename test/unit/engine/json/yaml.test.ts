import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { stringify } from 'yaml';
import { readJson } from '../../../../src/engine/json/document.ts';
import {
  addMember,
  applyEdits,
  removeItem,
  removeMember,
  renameMember,
  replaceValue,
} from '../../../../src/engine/json/edit.ts';
import { type JsonNode, valueOf } from '../../../../src/engine/json/node.ts';
import { positionAt } from '../../../../src/engine/json/position.ts';
import { MAX_VALUES } from '../../../../src/engine/json/syntax-problem.ts';
import { MAX_YAML_BYTES, readYaml } from '../../../../src/engine/json/yaml/document.ts';
import { yamlFragment } from '../../../../src/engine/json/yaml/fragment.ts';
import { unicodeText } from '../../../support/arbitraries.ts';
import { assertProperty } from '../../../support/properties.ts';

/** What sigs.k8s.io/yaml 1.6.0, which Terway uses, makes of a text: JSON or an error. */
interface Case {
  readonly text: string;
  readonly json?: unknown;
  readonly error?: string;
}

const CASES = JSON.parse(
  readFileSync(new URL('yaml-cases.json', import.meta.url), 'utf8'),
) as Case[];

/**
 * Texts that sigs.k8s.io/yaml reads in part, without a word about the rest, and the few tags and
 * marks that have no place in a chain. They are refused.
 */
const REFUSED_HERE: readonly string[] = [
  '[a] b',
  '[a]]',
  '[a]\nb',
  ' - a\n- b',
  '  a: 1\n b: 2',
  "'a':1",
  '"a" b',
  '!!binary YQ==',
];

/** The value of a text with the members of each object in one order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const plainOf = (text: string): unknown => {
  const { root, problems } = readYaml(text);
  return root && problems.length === 0 ? sorted(valueOf(root)) : 'unreadable';
};

t.test('a text means what it means to sigs.k8s.io/yaml', (t) => {
  const found = CASES.map(({ text }) => ({ text, json: JSON.stringify(plainOf(text)) }));
  const wanted = CASES.map(({ text, json, error }) => {
    const isRefused = error !== undefined || REFUSED_HERE.includes(text);
    return { text, json: JSON.stringify(isRefused ? 'unreadable' : sorted(json)) };
  });
  t.same(found, wanted);
  t.end();
});

t.test('every text has a root or a problem with a place in it', (t) => {
  const astray = CASES.filter(({ text }) => {
    const { root, problems } = readYaml(text);
    const isIn = problems.every(
      ({ at }) => at.offset >= 0 && at.offset <= text.length && at.length > 0,
    );
    return !isIn || (root === undefined && problems.length === 0);
  });
  t.same(astray, []);
  t.end();
});

// Characters that YAML 1.1 takes for line ends or refuses: JSON.stringify leaves them as they are.

const OUTSIDE_YAML = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

const word = fc.oneof(
  unicodeText({ maxLength: 8 }).filter((text) => !OUTSIDE_YAML.test(text)),
  fc.constantFrom('type', 'portmap', 'yes', 'n', '0777', '1e3', '~', 'null', '-', '- a', 'a: b'),
  fc.constantFrom('#', 'a #b', '&a', '*a', '!a', '@', '{', ']', ',', "'", '"', '|', '%', ''),
);

const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => !Object.is(value, -0));

const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(word, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** The ways in which one value is written. */
const rendering = fc.record({
  indent: fc.constantFrom(2, 3, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 40),
  collectionStyle: fc.constantFrom('any', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
});

const render = (value: unknown, options: object, lineEnd = '\n') =>
  stringify(value, {
    version: '1.1',
    aliasDuplicateObjects: false,
    defaultKeyType: 'QUOTE_DOUBLE',
    ...options,
  }).replaceAll('\n', lineEnd);

const jsonText = (value: unknown) => JSON.stringify(sorted(value));

t.test('the YAML of a value is read as its JSON is', (t) => {
  // A text of its own may stand without an indent, which the reader refuses: no chain is one.
  const structure = json.filter((value) => typeof value !== 'string');
  assertProperty(
    t,
    fc.property(structure, rendering, (value, options) => {
      const text = render(value, options);
      const { root, problems } = readYaml(text);
      const wanted = valueOf(readJson(JSON.stringify(value)).root!);
      return problems.length === 0 && root && jsonText(valueOf(root)) === jsonText(wanted);
    }),
    1000,
  );
  assertProperty(
    t,
    fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { root } = readYaml(text);
      return root !== undefined && jsonText(valueOf(root)) === jsonText(JSON.parse(text));
    }),
    500,
  );
  t.end();
});

function* nodesIn(node: JsonNode): Generator<JsonNode> {
  yield node;
  if (node.type === 'array') for (const item of node.items) yield* nodesIn(item);
  if (node.type === 'object') for (const { value } of node.members) yield* nodesIn(value);
}

t.test('places are those of the values', (t) => {
  assertProperty(
    t,
    fc.property(json, rendering, (value, options) => {
      const text = render(value, { ...options, lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' });
      return [...nodesIn(readYaml(text).root!)].every((node) => {
        const written = text.slice(node.offset, node.offset + node.length);
        if (node.type === 'array' || node.type === 'object') return written !== '';
        return JSON.stringify(plainOf(written)) === JSON.stringify(node.value);
      });
    }),
    500,
  );
  t.end();
});

t.test('names have places, in code units, whatever stands before them', (t) => {
  const text = '- "\u{1f600}": 1 # \u{1f600}\r\n  b:\r\n  - c: "d"\r\n';
  const [, b] = readYaml(text).objects[0]!.members;
  t.equal(text.slice(b!.nameNode.offset, b!.nameNode.offset + b!.nameNode.length), 'b');
  t.same(positionAt(text, b!.nameNode.offset), { line: 2, column: 3 });
  t.end();
});

/** A document, one of its values inside another one, and what the document is without it. */
function without(root: JsonNode, node: JsonNode): unknown {
  const copy = (from: JsonNode): unknown => {
    if (from.type === 'array') return from.items.filter((item) => item !== node).map(copy);
    if (from.type !== 'object') return from.value;
    return Object.fromEntries(
      from.members
        .filter(({ value }) => value !== node)
        .map(({ name, value }) => [name, copy(value)]),
    );
  };
  return copy(root);
}

const lineEnd = fc.constantFrom('\n', '\r\n');

/** Values inside lists and objects of a rendered document. */
const edited = fc
  .tuple(
    fc.array(fc.dictionary(word, json, { maxKeys: 3, noNullPrototype: true }), { maxLength: 3 }),
    rendering,
    lineEnd,
    fc.nat(),
  )
  .map(([value, options, end, index]) => {
    const plain = { ...options, lineWidth: 0, defaultStringType: 'PLAIN' };
    const text = render(value, plain, end);
    const root = readYaml(text).root!;
    const inner = [...nodesIn(root)].filter(({ parent }) => parent);
    return { text, root, node: inner[index % Math.max(1, inner.length)] };
  })
  .filter(({ node }) => node !== undefined);

t.test('what is removed is gone, and all else is left', (t) => {
  assertProperty(
    t,
    fc.property(edited, ({ text, root, node }) => {
      const parent = node!.parent!;
      const member =
        parent.type === 'object' ? parent.members.find(({ value }) => value === node) : undefined;
      const edit =
        parent.type === 'object' ? removeMember(parent, member!) : removeItem(parent, node!);
      return jsonText(plainOf(applyEdits(text, [edit]))) === jsonText(without(root, node!));
    }),
    300,
  );
  t.end();
});

t.test('what is replaced, renamed or added stands there, and all else is left', (t) => {
  assertProperty(
    t,
    fc.property(edited, ({ text, root, node }) => {
      const parent = node!.parent!;
      const wanted = '{"new": ["x", 1]}';
      const replaced = readYaml(applyEdits(text, [replaceValue(node!, wanted)]));
      const places = [...nodesIn(root)].filter((one) => !isInside(one, node!)).length;
      if (replaced.problems.length > 0 || [...nodesIn(replaced.root!)].length !== places + 4) {
        return false;
      }
      if (parent.type !== 'object') return true;
      const member = parent.members.find(({ value }) => value === node)!;
      const renamed = readYaml(applyEdits(text, [renameMember(member, 'on')]));
      const names = renamed.objects.flatMap(({ members }) => members.map(({ name }) => name));
      const added = readYaml(
        applyEdits(text, [addMember(text, parent, { path: ['added'], value: '"yes"' })]),
      );
      const last = added.objects.flatMap(({ members }) => members);
      return (
        names.includes('on') &&
        last.some(({ name, value }) => name === 'added' && value.value === 'yes')
      );
    }),
    200,
  );
  t.end();
});

function isInside(node: JsonNode, outer: JsonNode): boolean {
  for (let at: JsonNode | undefined = node; at; at = at.parent) if (at === outer) return true;
  return false;
}

t.test('comments and layout around a removed member stay', (t) => {
  const text = '- type: tuning # first\n  # about it\n  mtu: 1500 # gone\n  sysctl: {}\n# end\n';
  const object = readYaml(text).objects[0]!;
  const [type, mtu] = object.members;
  t.equal(
    applyEdits(text, [removeMember(object, mtu!)]),
    '- type: tuning # first\n  # about it\n  sysctl: {}\n# end\n',
  );
  t.equal(
    applyEdits(text, [removeMember(object, type!)]),
    '-  # first\n  # about it\n  mtu: 1500 # gone\n  sysctl: {}\n# end\n',
  );
  t.end();
});

t.test('any text is read or refused, without an exception', (t) => {
  const piece = fc.constantFrom(
    ...['- ', ': ', '\n', '  ', '[', ']', '{', '}', ',', '"', "'", '#', '&a ', '*a', '!', '|', '>'],
    ...['? ', '---\n', '...\n', '%', '\t', 'a', '<<: ', '\\', '\r', '\0', '\ufeff', '0x', '~'],
  );
  const text = fc.oneof(
    unicodeText({ maxLength: 40 }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  );
  assertProperty(
    t,
    fc.property(text, (text) => {
      const { root, problems } = readYaml(text);
      return root !== undefined || problems.length === 1;
    }),
    3000,
  );
  t.end();
});

t.test('what mends a text is offered only where the text can be read with it', (t) => {
  const mended = CASES.flatMap(({ text }) => {
    const [{ edits } = {}] = readYaml(text).problems;
    return edits ? [readYaml(applyEdits(text, edits)).root] : [];
  });
  t.ok(mended.length > 20, 'many can be mended');
  t.notOk(mended.includes(undefined));
  t.end();
});

t.test('size, depth and aliases are bounded', (t) => {
  const kindOf = (text: string) => readYaml(text).problems[0]?.kind;
  t.equal(kindOf(`# ${'x'.repeat(MAX_YAML_BYTES - 5)}\n[]`), undefined);
  t.equal(kindOf(`# ${'x'.repeat(MAX_YAML_BYTES - 4)}\n[]`), 'size');
  t.equal(kindOf('\u00e9'.repeat(MAX_YAML_BYTES / 2)), undefined);
  t.equal(kindOf('\u00e9'.repeat(MAX_YAML_BYTES / 2 + 1)), 'size');
  for (const open of ['[', '{', '- ', '? ', '{a: ', '[? ', '&a [']) {
    t.equal(kindOf(open.repeat(20_000).slice(0, MAX_YAML_BYTES)), 'depth', `nested by ${open}`);
  }
  const doubling = Array.from({ length: 20 }, (_, i) => `- &a${i + 1} [*a${i}, *a${i}]\n`);
  t.equal(kindOf(`- &a0 x\n${doubling.join('')}`), 'size');
  const nested = Array.from({ length: 300 }, (_, i) => `- &a${i + 1} [*a${i}]\n`);
  t.equal(kindOf(`- &a0 x\n${nested.join('')}`), 'size');
  t.equal(kindOf(`[${'1,'.repeat(MAX_VALUES - 2)}1]`), undefined);
  t.equal(kindOf(`[${'1,'.repeat(MAX_VALUES - 1)}1]`), 'size');
  t.end();
});

t.test('pieces of JSON to paste become YAML', (t) => {
  t.equal(yamlFragment('"snat": true'), 'snat: true');
  t.equal(
    yamlFragment('"capabilities": {"portMappings": true}'),
    'capabilities: {portMappings: true}',
  );
  t.equal(yamlFragment('"net.ipv4.ip_forward": "1"'), 'net.ipv4.ip_forward: "1"');
  t.equal(yamlFragment('"a b": ["x", "yes", 1, null]'), '"a b": [x, "yes", 1, null]');
  t.equal(yamlFragment('"ingressRate": <bits>'), 'ingressRate: <bits>');
  t.equal(yamlFragment('"masqAll"'), 'masqAll');
  t.equal(yamlFragment('"on"'), '"on"');
  t.equal(yamlFragment('0'), '0');
  t.equal(yamlFragment('<anything>'), '<anything>');
  t.end();
});
